import { DuckDBInstance } from '@duckdb/node-api';
import { trace } from '@opentelemetry/api';
import { createSpanRecorder } from '@planscope/testing';

const recorder = createSpanRecorder();
trace.setGlobalTracerProvider(recorder.tracerProvider);
const connection = await (await DuckDBInstance.create()).connect();
await connection.run('SELECT 42');
connection.closeSync();
console.log(recorder.spans().filter(({ name }) => name === 'SELECT').length);

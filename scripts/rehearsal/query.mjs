// What a stranger writes first: trace to a file, run one query over a CSV, wait for the trace.
import { writeFileSync } from 'node:fs';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { createEngine } from '@planscope/engine';

writeFileSync('flights.csv', 'origin,delay\nHAM,5\nHAM,15\nMUC,40\n');
const explicit = { exporters: ['file'], file: { path: 'trace.jsonl' } };
const tracing = startTracing(resolveTracingConfig({ preset: 'maximal', explicit }).config);
const engine = await createEngine({ tracing: { preset: 'maximal' }, tracerProvider: tracing.tracerProvider });
const { batches, result } = await engine.stream({
  sql: 'SELECT origin, avg(delay) AS delay FROM flights GROUP BY origin ORDER BY origin',
  inputs: [{ name: 'flights', location: 'flights.csv' }],
});
const rows = [];
for await (const batch of batches) for (const row of batch) rows.push(row.toJSON());
await result;
await engine.close();
await tracing.shutdown();

console.log(JSON.stringify(rows));

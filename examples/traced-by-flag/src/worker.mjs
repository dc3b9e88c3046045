import { parentPort } from 'node:worker_threads';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create()).connect();
const reader = await connection.runAndReadAll('SELECT sum(i)::INTEGER AS total FROM range(1000) numbers(i)');
parentPort?.postMessage(reader.getRowObjectsJson());
connection.closeSync();

import { DuckDBInstance } from '@duckdb/node-api';
import { traceConnection, withQueryOptions } from '@planscope/duckdb';

const instance = await DuckDBInstance.create();
const connection = traceConnection(await instance.connect());
await withQueryOptions({ preset: 'off' }, () => connection.run('SELECT 1')); // a health check nobody wants to see
await withQueryOptions({ preset: 'maximal', customFields: { ticket: 'OPS-12' } }, () => connection.run('SELECT 2'));
connection.closeSync();
export {};

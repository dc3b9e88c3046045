// Opens a DuckDB file and holds it until it is killed.
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.argv[2] ?? '');
const connection = await instance.connect();
await connection.run('CREATE TABLE IF NOT EXISTS held (i INTEGER)');
console.log('open');
setInterval(() => connection, 1000);

// DuckDB's byte and scan counters beside what happened. Run on Linux: npm install @duckdb/node-api && node lying-counters.mjs
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const ROWS = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'lying-counters-'));
const parquet = join(folder, 'rows.parquet');
const profile = join(folder, 'profile.json');

/** A connection whose statements are profiled, on an instance of its own that caches no file. */
async function open() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', enable_external_file_cache: 'false' });
  const connection = await instance.connect();
  await connection.run(`CALL enable_logging(['FileSystem'], level = 'trace')`);
  await connection.run(`SET enable_profiling = 'json'; SET profiling_output = '${profile}';
    SET profiling_mode = 'detailed'; SET profiling_coverage = 'all'`);
  return { instance, connection };
}

/** Bytes in the log of the file system, which has an entry for each read and write. */
async function logged(connection, operation, path) {
  await connection.run('PRAGMA disable_profiling');
  const reader = await connection.runAndReadAll(
    `SELECT sum(event.bytes) FROM (SELECT parse_duckdb_log_message('FileSystem', message) AS event
       FROM duckdb_logs WHERE type = 'FileSystem') WHERE event.op = '${operation}' AND event.path = '${path}'`,
  );
  return Number(reader.getRows()[0][0]);
}

const processReads = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
const readProfile = () => JSON.parse(readFileSync(profile, 'utf8'));
const scanOf = (operator) =>
  operator.operator_type === 'TABLE_SCAN' ? operator : operator.children.map(scanOf).find((scan) => scan);

const writer = await open();
await writer.connection.run(
  `COPY (SELECT range AS i, random() AS x FROM range(${ROWS})) TO '${parquet}' (FORMAT parquet, ROW_GROUP_SIZE 100000)`,
);
const written = {
  'total_bytes_written of the profile': readProfile().total_bytes_written,
  'bytes written in the log': await logged(writer.connection, 'WRITE', parquet),
  'size of the file': statSync(parquet).size,
};
writer.connection.disconnectSync();
writer.instance.closeSync();

const reader = await open();
const before = processReads();
await reader.connection.run(`SELECT sum(x) FROM read_parquet('${parquet}')`);
const read = processReads() - before;
const scan = scanOf(readProfile().children[0]);
const total = readProfile().total_bytes_read;
console.log(
  JSON.stringify(
    {
      written,
      read: {
        'total_bytes_read of the profile': total,
        'bytes read in the log': await logged(reader.connection, 'READ', parquet),
        'bytes the process read': read,
      },
      rows: {
        'operator_rows_scanned of the scan': scan.operator_rows_scanned,
        'operator_cardinality of the scan': scan.operator_cardinality,
        'rows of the file': ROWS,
      },
    },
    null,
    2,
  ),
);
reader.connection.disconnectSync();
reader.instance.closeSync();
rmSync(folder, { recursive: true });

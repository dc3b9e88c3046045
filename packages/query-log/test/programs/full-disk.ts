// Writes a log while its disk is full, and after. Prints what became of the rows, and what is left of files.
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { QueryLogExporter } from '../../src/index.ts';
import { madeQueries, readLog } from '../traced-program.ts';

const [folder = '', form] = process.argv.slice(2);
const warnings: string[] = [];
const place = form === 'database' ? { database: join(folder, 'queries.duckdb') } : { folder };
const log = new QueryLogExporter({ ...place, maxBufferBytes: 200_000, warn: (message) => warnings.push(message) });
const add = (count: number): void =>
  log.export(
    madeQueries(count, (index) => `SELECT ${index}`),
    () => {},
  );
const flush = (): Promise<string> =>
  log.forceFlush().then(
    () => 'written',
    () => 'failed',
  );
const filler = join(folder, 'filler');

function fillDisk(): void {
  const file = openSync(filler, 'w');
  try {
    for (const block of [Buffer.alloc(65_536, 1), Buffer.alloc(1, 1)]) {
      for (;;) if (writeSync(file, block) < block.length) break;
    }
  } catch {
    // It is full.
  }
  closeSync(file);
}

const flushes: string[] = [];
add(10);
flushes.push(await flush());
fillDisk();
add(10);
flushes.push(await flush(), await flush());
add(1000);
flushes.push(await flush());
const whileFull = log.stats;
const read =
  form === 'database' ? () => readLog('FROM queries', place.database) : () => readLog(`FROM '${folder}/*.parquet'`);
const readable = (await read()).length;
rmSync(filler);
flushes.push(await flush());
add(10);
await log.shutdown();
const files = readdirSync(folder).filter((name) => name.startsWith('.'));
console.log(
  JSON.stringify({ flushes, whileFull, readable, after: log.stats, rows: (await read()).length, files, warnings }),
);

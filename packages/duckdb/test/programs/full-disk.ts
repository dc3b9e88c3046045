// Runs statements on a traced connection while the disk for profiles and log is full, and while it fills up.
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { flush, traceConnection } from '../../src/index.ts';
import { AIRPORTS } from '../flights.ts';

const [folder = '', log = ''] = process.argv.slice(2);
const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const codes: string[] = [];
const connection = traceConnection(await instance.connect(), {
  tracerProvider,
  temporaryFolder: folder,
  ...(log === 'log' ? { events: { instance } } : {}),
  warnings: false,
  warn: ({ code }) => codes.push(code),
});

function fillDisk(): void {
  const file = openSync(join(folder, 'filler'), 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    for (;;) if (writeSync(file, block) < block.length) break;
  } catch {
    // It is full.
  }
  closeSync(file);
}
const freeDisk = (): void => rmSync(join(folder, 'filler'));

const operatorsOf = async (work: () => Promise<unknown>): Promise<number> => {
  await flush();
  recorder.clear();
  await work();
  await flush();
  return recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator').length;
};
const insert = (): Promise<unknown> => connection.run(`INSERT INTO t SELECT count(*) FROM read_csv('${AIRPORTS}')`);

await connection.run('CREATE TABLE t(x INTEGER)');
const before = await operatorsOf(insert);
fillDisk();
const whileFull: number[] = [];
for (let round = 0; round < 20; round++) whileFull.push(await operatorsOf(insert));
freeDisk();
// Fills up while a statement runs, far into it.
const during = await operatorsOf(async () => {
  const running = connection.run(
    `INSERT INTO t SELECT max(a.range * b.range % 7) FROM range(20000) a, range(2000) b, read_csv('${AIRPORTS}') c WHERE c.iata = 'ABE'`,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  fillDisk();
  await running;
});
freeDisk();
// Everything in the folder is swept away, and the folder with it.
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
const swept: number[] = [];
for (let round = 0; round < 3; round++) swept.push(await operatorsOf(insert));
const [[rows] = []] = (await connection.runAndReadAll('SELECT count(*)::INTEGER FROM t')).getRows();
connection.closeSync();
console.log(JSON.stringify({ rows, before, full: Math.min(...whileFull), during, swept, codes: [...new Set(codes)] }));

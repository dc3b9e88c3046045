import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ProgramEnd, runProgram } from '../../bootstrap/test/support/run-program.ts';

let directory: string;
let folder: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'planscope-query-log-'));
  folder = join(directory, 'queries');
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = (
  environment: Readonly<Record<string, string>>,
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<ProgramEnd> =>
  runProgram(
    new URL('programs/log-queries.ts', import.meta.url),
    { PLANSCOPE_EXPORTERS: 'query-log', PLANSCOPE_QUERY_LOG_FOLDER: folder, ...environment },
    onOutput,
  );

async function loggedQueries(): Promise<string[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT query_text FROM '${folder}/*.parquet' ORDER BY started_at`);
  connection.closeSync();
  instance.closeSync();
  return reader.getRows().map(([text]) => String(text));
}

test.each(['shutdown', 'flush, exit', 'nothing'])(
  'a program that ends by %s has all its queries in the log',
  async (ending) => {
    const end = await run({ ENDING: ending });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(await loggedQueries()).toEqual(['SELECT ?1', 'SELECT ?1', 'SELECT ?1']);
    if (ending !== 'shutdown') return;
    expect(JSON.parse(end.stdout)).toMatchObject([
      { exporter: 'query-log', destination: folder, confirmedBy: 'exporter', dropped: 0, unknown: 0, pending: 0 },
    ]);
  },
);

test('a program that exits before its rows are written says how many are missing', async () => {
  const end = await run({ ENDING: 'exit', PLANSCOPE_EXPORT_POLICY_SCHEDULE_DELAY_MILLIS: '50' });
  expect(end.stderr).toMatch(
    /exporter query-log: 3 of 3 queries are not in the log .*queries: the process exited first/,
  );
});

test('a program that is killed while it writes leaves whole files', async () => {
  let flushes = 0;
  const end = await run({ ENDING: 'forever', QUERIES: '0' }, (text, kill) => {
    flushes += text.split('flushed').length - 1;
    if (flushes >= 5) kill('SIGKILL');
  });
  expect(end.signal).toBe('SIGKILL');
  expect((await loggedQueries()).length).toBeGreaterThanOrEqual(5);
});

test('a package that is not installed is an error that says how to install it', async () => {
  const end = await run({ ENDING: 'not installed' });
  expect(end.code).toBe(1);
  expect(end.stderr).toContain('npm install @planscope/query-log @duckdb/node-api');
  expect(end.stderr).toContain("code: 'missing-package'");
});

test('a folder that cannot be used is an error at the start', async () => {
  writeFileSync(folder, '');
  const end = await run({ ENDING: 'shutdown' });
  expect(end.code).toBe(1);
  expect(end.stderr).toContain('queryLog.folder: cannot write to');
  expect(end.stderr).toContain("code: 'unwritable-file'");
});

test('the doctor says whether the log can be written, and writes nothing', async () => {
  writeFileSync(join(directory, 'occupied'), '');
  const { stdout } = await run({ ENDING: 'doctor', PLANSCOPE_QUERY_LOG_FOLDER: join(directory, 'occupied') });
  expect(JSON.parse(stdout)).toMatchObject([{ verdict: 'problem', code: 'exporter-refused' }]);
  const [healthy] = JSON.parse((await run({ ENDING: 'doctor' })).stdout);
  expect(healthy).toEqual({ verdict: 'ok', subject: 'query-log', message: `${folder} can be written` });
  expect(readdirSync(folder)).toEqual([]);
});

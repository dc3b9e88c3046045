import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunningProgram, startProgram } from './run-program.ts';
import { readLog } from './traced-program.ts';

// A process with TypeScript takes seconds to start on a busy machine, and a test starts two.
vi.setConfig({ testTimeout: 120_000 });

let directory: string;
let folder: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'planscope-query-log-'));
  folder = join(directory, 'queries');
});
afterEach(() => rmSync(directory, { recursive: true }));

const start = (
  environment: Readonly<Record<string, string>>,
  options: { readonly flags?: readonly string[] } = {},
): RunningProgram =>
  startProgram('log-queries.ts', {
    environment: { PLANSCOPE_EXPORTERS: 'query-log', PLANSCOPE_QUERY_LOG_FOLDER: folder, ...environment },
    ...options,
  });

async function loggedQueries(): Promise<unknown[]> {
  const rows = await readLog(`SELECT query_text FROM '${folder}/*.parquet' ORDER BY started_at`);
  return rows.map(({ query_text: text }) => text);
}

test.each(['shutdown', 'flush, exit', 'nothing'])(
  'a program that ends by %s has all its queries in the log',
  async (ending) => {
    const program = start({ ENDING: ending });
    if (ending === 'shutdown') {
      expect(JSON.parse(await program.line())).toMatchObject([
        { exporter: 'query-log', destination: folder, confirmedBy: 'exporter', dropped: 0, unknown: 0, pending: 0 },
      ]);
    }
    expect(await program.end).toEqual({ code: 0, signal: null, stderr: '' });
    expect(await loggedQueries()).toEqual(['SELECT ?1', 'SELECT ?1', 'SELECT ?1']);
  },
);

test('a program that is traced by a flag has its queries in the log, and none that the log makes', async () => {
  const flags = ['--import', '@planscope/duckdb/register'];
  const program = start({ ENDING: 'registered', PLANSCOPE_QUERY_LOG_FLUSH_MILLIS: '1' }, { flags });
  const rounds = Number(await program.line());
  expect(await program.end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(await loggedQueries()).toEqual(Array.from({ length: rounds }, () => 'SELECT ?1'));
});

test('a program that exits before its rows are written says how many are missing', async () => {
  const program = start({ ENDING: 'exit', PLANSCOPE_EXPORT_POLICY_SCHEDULE_DELAY_MILLIS: '50' });
  const { stderr } = await program.end;
  expect(stderr).toMatch(/exporter query-log: 3 of 3 queries are not in the log .*queries: the process exited first/);
});

test('a program that is killed while it writes leaves whole files', async () => {
  const program = start({ ENDING: 'forever', QUERIES: '0' });
  for (let flushes = 0; flushes < 5; flushes += 1) await program.line();
  program.kill('SIGKILL');
  expect(await program.end).toMatchObject({ signal: 'SIGKILL' });
  expect((await loggedQueries()).length).toBeGreaterThanOrEqual(5);
});

test('a package that is not installed is an error that says how to install it', async () => {
  const { code, stderr } = await start({ ENDING: 'not installed' }).end;
  expect(code).toBe(1);
  expect(stderr).toContain('npm install @planscope/query-log @duckdb/node-api');
  expect(stderr).toContain("code: 'missing-package'");
});

test('a folder that cannot be used is an error at the start', async () => {
  writeFileSync(folder, '');
  const { code, stderr } = await start({ ENDING: 'shutdown' }).end;
  expect(code).toBe(1);
  expect(stderr).toContain('queryLog.folder: cannot write to');
  expect(stderr).toContain("code: 'unwritable-file'");
});

test('the doctor says whether the log can be written, and writes nothing', async () => {
  writeFileSync(join(directory, 'occupied'), '');
  const refused = start({ ENDING: 'doctor', PLANSCOPE_QUERY_LOG_FOLDER: join(directory, 'occupied') });
  expect(JSON.parse(await refused.line())).toMatchObject([{ verdict: 'problem', code: 'exporter-refused' }]);
  const healthy = start({ ENDING: 'doctor' });
  expect(JSON.parse(await healthy.line())).toEqual([
    { verdict: 'ok', subject: 'query-log', message: `${folder} can be written` },
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { readTraceFile } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startReceiver } from '../../../packages/bootstrap/test/support/otlp-receiver.ts';
import { airportsFile, flightsFile } from './flight-data.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const FROM_SOURCES = ['--conditions=@planscope/source', '--import', import.meta.resolve('tsx'), program];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-demo-'));
});

afterEach(() => rm(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function demo(...argv: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...FROM_SOURCES, ...argv], { cwd: folder });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (texts.stdout += chunk));
  child.stderr.on('data', (chunk) => (texts.stderr += chunk));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...texts })));
}

it('shows the result, the trace, a diff, a preview, the summary and where to look', async () => {
  const { status, stdout, stderr } = await demo();
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'Running the specification …\n' });
  const traceId = /Trace id {2}([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
  for (const text of [
    'Output state_delays: 52 rows',
    'Output worst_states: 10 rows',
    '└ DuckDBExec',
    'execution_window',
    '+    View: name=state_delays',
    '[REDACTED]',
    'rows out                  62 rows (counted)',
    `${join('.planscope', 'traces.jsonl')} (OTLP JSON`,
    `${join('.planscope', 'demo.html')} (open it`,
    'npm run demo -- --otlp',
  ]) {
    expect(stdout).toContain(text);
  }
  // Piped output is plain.
  expect(stdout).not.toContain('\u001b');
  const spans = readTraceFile(join(folder, '.planscope', 'traces.jsonl'));
  expect(spans.filter((span) => span.traceId === traceId).length).toBeGreaterThan(50);
  const page = await readFile(join(folder, '.planscope', 'demo.html'), 'utf8');
  expect(page.match(/<script type="application\/json" id="run-/g)).toHaveLength(1);
  expect(page).toContain(traceId);
});

it('writes a file that holds what DuckDB itself gets', async () => {
  expect(await demo('--preset', 'off')).toMatchObject({ status: 0 });
  const connection = await (await DuckDBInstance.create()).connect();
  const difference = await connection.runAndReadAll(`
    WITH written AS (FROM read_parquet('${join(folder, '.planscope', 'state-delays.parquet')}')),
    truth AS (
      SELECT state, count(*) AS late, round(avg(delay), 1) AS average_delay, max(delay) AS longest_delay
      FROM read_parquet('${flightsFile}') f JOIN read_csv('${airportsFile}') a ON a.iata = f.origin
      WHERE delay >= 15 GROUP BY state
    )
    SELECT (SELECT count(*) FROM truth),
           (SELECT count(*) FROM ((FROM truth EXCEPT FROM written) UNION ALL (FROM written EXCEPT FROM truth)))
  `);
  expect(difference.getRows()).toEqual([[52n, 0n]]);
  connection.closeSync();
});

it('sends the trace to a collector, whole', async () => {
  const receiver = await startReceiver();
  try {
    const { status, stdout } = await demo('--otlp', receiver.httpUrl, '--viewer', 'http://viewer.test/t/{traceId}');
    expect(status).toBe(0);
    const traceId = /Trace id {2}([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`http://viewer.test/t/${traceId}`);
    const arrived = receiver.spans().filter((span) => span.traceId === traceId);
    const filed = readTraceFile(join(folder, '.planscope', 'traces.jsonl'));
    const written = filed.filter((span) => span.traceId === traceId);
    expect(arrived.map(({ spanId }) => spanId).sort()).toEqual(written.map(({ spanId }) => spanId).sort());
    const root = arrived.find(({ name }) => name === 'planscope.execute');
    expect(root?.attributes).toMatchObject({ 'planscope.run.status': 'ok', 'planscope.tracing.preset': 'maximal' });
    const services = receiver.traces().flatMap(({ resourceSpans }) => resourceSpans.map(({ resource }) => resource));
    expect(services[0]?.attributes).toMatchObject({ 'service.name': 'planscope-demo' });
  } finally {
    await receiver.stop();
  }
});

it('runs a query of the user', async () => {
  const { status, stdout } = await demo(
    '--preset',
    'production-lean',
    '--sql',
    'SELECT count(*) AS airports FROM airports',
  );
  expect(status).toBe(0);
  expect(stdout).toContain('3376');
  expect(await readFile(join(folder, '.planscope', 'traces.jsonl'), 'utf8')).not.toContain('datafusion.preview');
});

it.each([
  [['--preset', 'loud'], 2, /unknown preset "loud"; use one of maximal, maximal-no-data, production-lean, off/],
  [['--sql', 'SELEC 1'], 1, /views\[0\]\.sql: .*syntax error/],
])('ends %j with status %i and says why', async (argv, expected, message) => {
  const { status, stderr } = await demo(...argv);
  expect(status).toBe(expected);
  expect(stderr).toMatch(message);
});

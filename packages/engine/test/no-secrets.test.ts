import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig, type TracingConfigInput } from '@planscope/config';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEngine, type Engine, type RunResult } from '../src/index.ts';
import { createMarkedSecrets, type MarkedSecrets } from './marked-secrets.ts';
import { type SecretQuery, secretQueries, secretRows } from './secret-queries.ts';

const everyColumn = { redaction: { mode: 'deny-list', columns: ['*'] } } as const;

/** Every preset, and what can be switched on without letting data through. */
const variants: Record<string, TracingConfigInput> = {
  maximal: { preset: 'maximal', preview: everyColumn },
  'maximal with a diff for each rule': { preset: 'maximal', planDiff: 'per-rule', preview: everyColumn },
  'maximal-no-data': { preset: 'maximal-no-data' },
  'production-lean': { preset: 'production-lean' },
  'production-lean with diffs': { preset: 'production-lean', planDiff: 'on', ruleMode: 'full' },
  off: { preset: 'off' },
};

/** Each runs all queries, beside whatever else the machine does. */
const MINUTES = { timeout: 300_000 };

let folder: string;
let receiver: Receiver;
let secrets: MarkedSecrets;
/** Everything that was said beside the results, by whatever way. */
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-secrets-'));
  receiver = await startReceiver();
  secrets = createMarkedSecrets();
  said = [];
  const say = (...values: unknown[]): void => void said.push(values.map((value) => inspect(value)).join(' '));
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation(say);
  }
  vi.spyOn(process, 'emitWarning').mockImplementation(say);
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  }
  diag.setLogger({ verbose: say, debug: say, info: say, warn: say, error: say }, DiagLogLevel.ALL);
});

afterEach(async () => {
  diag.disable();
  vi.restoreAllMocks();
  receiver.stop();
  await rm(folder, { recursive: true });
});

it.each(Object.keys(variants))('lets no secret out under %s', MINUTES, async (name) => {
  const { results, exported } = await runAll({ ...variants[name] });
  expect(secrets.foundIn(exported), 'exported').toEqual([]);
  expect(secrets.foundIn(said.join('\n')), 'said').toEqual([]);
  for (const result of results) expect(secrets.foundIn(textOf(result)), 'result').toEqual([]);
  expect(exported === '').toBe(name === 'off');
});

it('shows data in previews that no one redacts, and nowhere else', MINUTES, async () => {
  const { exported, lines } = await runAll({ preset: 'maximal', preview: { redaction: { mode: 'none' } } });
  expect(secrets.foundIn(exported)).not.toEqual([]);
  const withoutPreviews = lines.replace(
    /\{"key":"datafusion\.preview","value":\{"stringValue":"(?:[^"\\]|\\.)*"\}\}/g,
    '',
  );
  expect(secrets.foundIn(withoutPreviews)).toEqual([]);
});

interface Outcome {
  readonly results: readonly RunResult[];
  /** Every byte that left through an exporter, and the log lines. */
  readonly exported: string;
  /** The file of OTLP JSON lines. */
  readonly lines: string;
}

async function runAll(tracing: TracingConfigInput): Promise<Outcome> {
  const results: RunResult[] = [];
  const memory = new MemoryStore();
  const rows = secretRows(secrets);
  await memory.put('people.csv', rows.csv);
  // Far enough down that DuckDB takes the column for one of numbers before it meets the word.
  await memory.put('broken.csv', `amount\n${'1\n'.repeat(50_000)}${secrets.word()}\n`);
  await memory.put('broken.parquet', `PAR1${secrets.word()}`);
  const handle = startTracing(pipeline(tracing), { register: 'never' });
  const engine = await createEngine({
    tracing,
    environment: {},
    tracerProvider: handle.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    onRunEnd: (result) => results.push(result),
  });
  try {
    // Names of pivoted columns stand above their values in previews, which show the names of columns as they are.
    const shown = tracing.preview === undefined ? () => true : ({ about }: SecretQuery) => !about.startsWith('pivoted');
    for (const [index, query] of secretQueries(secrets, rows).filter(shown).entries()) {
      await runQuery(engine, query, index % 4 === 0);
    }
    await runLocations(engine);
  } finally {
    await engine.close();
    await handle.shutdown();
  }
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8').catch(() => '');
  const [lines, log] = await Promise.all(['spans.jsonl', 'log.jsonl'].map(read));
  return { results, lines: lines ?? '', exported: [lines, log, ...receiver.bodies].join('\n').trim() };
}

/** Every exporter, without compression. */
function pipeline(tracing: TracingConfigInput): ReturnType<typeof resolveTracingConfig>['config'] {
  return resolveTracingConfig({
    explicit: {
      ...tracing,
      exporters: ['file', 'otlp', 'log'],
      file: { path: join(folder, 'spans.jsonl') },
      log: { path: join(folder, 'log.jsonl') },
      otlp: { endpoint: receiver.url, compression: 'none' },
    },
    environment: {},
  }).config;
}

const people = { name: 'people', location: 'memory:///people.csv' };

/** What the caller is told of a failure stays as it was. */
async function runQuery(
  engine: Engine,
  { about, sql, views = [], error }: SecretQuery,
  intoFile: boolean,
): Promise<void> {
  const spec = {
    version: 1,
    inputs: [people],
    views: [
      ...views,
      { name: 'result', sql: `${sql}${sql.includes('people') || views.length > 0 ? '' : ' -- people'}` },
    ],
    outputs: [{ name: 'out', from: 'result', ...(intoFile ? { location: 'memory:///out.parquet' } : {}) }],
  } as const;
  const outcome = await engine.run(spec).catch((thrown: unknown) => thrown);
  if (error === undefined) expect(outcome, about).toMatchObject({ status: 'ok' });
  else expect(String((outcome as Error).message), about).toMatch(error);
}

async function runLocations(engine: Engine): Promise<void> {
  const { word } = secrets;
  const inputs = [
    `s3://user:${word()}@bucket/x.parquet`,
    `memory:///people.csv?X-Amz-Signature=${word()}`,
    `https://host/x.csv?sig=${word()}#${word()}`,
    `memory://user:${word()}@/people.csv`,
    'memory:///broken.csv',
    'memory:///broken.parquet',
  ];
  for (const location of inputs) {
    const spec = {
      version: 1,
      inputs: [{ name: 'people', location }],
      outputs: [{ name: 'p', from: 'people' }],
    } as const;
    await expect(engine.run(spec), location).rejects.toThrow();
  }
  const location = `s3://user:${word()}@bucket/out.parquet`;
  const spec = { version: 1, inputs: [people], outputs: [{ name: 'p', from: 'people', location }] } as const;
  await expect(engine.run(spec)).rejects.toThrow();
}

/** All of a result but the answer itself: rows, and the columns that the query gave them. */
function textOf({ outputs, ...result }: RunResult): string {
  const described = outputs.map(({ batches: _, schema: __, ...output }) => output);
  const shown = inspect(
    { ...result, outputs: described },
    { depth: null, maxStringLength: null, maxArrayLength: null },
  );
  return `${shown}\n${JSON.stringify(result.plan)}`;
}

interface Receiver {
  readonly url: string;
  /** Bodies as they came, one character a byte. */
  readonly bodies: string[];
  stop(): void;
}

async function startReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      bodies.push(body.toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    bodies,
    stop: () => server.close(),
  };
}

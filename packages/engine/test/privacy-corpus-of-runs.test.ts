import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { TracingConfigInput } from '@planscope/config';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine } from '../src/index.ts';
import { createMarkedSecrets, type MarkedSecrets } from './marked-secrets.ts';
import { corpus } from './privacy-corpus/corpus.ts';
import { exportEverywhere, listened } from './privacy-corpus/export-corpus.ts';
import { type FilledGroup, type FilledStatement, fillGroup } from './privacy-corpus/fill-group.ts';
import { shownMarkers } from './privacy-corpus/shown-markers.ts';

const MINUTES = { timeout: 300_000 };

let folder: string;
let secrets: MarkedSecrets;
let groups: readonly FilledGroup[];
let people: Buffer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-corpus-'));
  secrets = createMarkedSecrets();
  groups = corpus.filter(({ given }) => given === undefined).map((group) => fillGroup(group, secrets, folder));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  for (const sql of groups[0]?.given ?? []) await connection.run(sql);
  await connection.run(`COPY people TO '${folder}/people.parquet'`);
  connection.closeSync();
  instance.closeSync();
  people = await readFile(join(folder, 'people.parquet'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Those that a view can have, and that need nothing but the people. */
function isView({ sql, declared, values, given }: FilledStatement): boolean {
  const stands = values === undefined && given === undefined && declared.length === 0 && !sql.includes(folder);
  return stands && /^(?:SELECT|FROM|WITH|VALUES)\b[^;]*$/i.test(sql);
}

/** Runs each statement that can be one as a view of a specification. */
async function runViews(engine: Engine, statements: readonly FilledStatement[]): Promise<number> {
  let succeeded = 0;
  for (const { sql, template } of statements) {
    const view = { name: 'result', sql: /\bpeople\b/i.test(sql) ? sql : `${sql}\n-- people` };
    const spec = {
      version: 1,
      inputs: [{ name: 'people', location: 'memory:///people.parquet' }],
      views: [view],
      outputs: [{ name: 'out', from: 'result' }],
    } as const;
    const outcome = await engine.run(spec).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) succeeded += 1;
    else expect(String(outcome), template).toMatch(/Error/);
  }
  return succeeded;
}

interface Variant {
  readonly about: string;
  readonly tracing: TracingConfigInput;
  /** Keys of attributes that are there to show data. */
  readonly shownAnyway: readonly string[];
  /** Of so many statements, one is run: a plan for each rule takes its time. */
  readonly oneOf: number;
}

const variants: readonly Variant[] = [
  {
    about: 'maximal, with previews of all columns',
    tracing: { preset: 'maximal', preview: { redaction: { mode: 'none' } } },
    shownAnyway: ['datafusion.preview'],
    oneOf: 1,
  },
  {
    about: 'maximal-no-data, with a diff for each rule',
    tracing: { preset: 'maximal-no-data', planDiff: 'per-rule' },
    shownAnyway: [],
    oneOf: 5,
  },
  { about: 'production-lean', tracing: { preset: 'production-lean' }, shownAnyway: [], oneOf: 5 },
];

it.each(variants)('shows no marker of a run but in previews: $about', MINUTES, async (variant) => {
  const { tracing, shownAnyway, oneOf } = variant;
  const statements = groups.flatMap((group) => group.statements);
  const views = statements.filter(isView).filter((_, index) => index % oneOf === 0);
  const recorder = createSpanRecorder();
  const memory = new MemoryStore();
  await memory.put('people.parquet', people);
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  let succeeded = 0;
  const said = await listened(async () => {
    const engine = await createEngine({
      tracing,
      environment: {},
      tracerProvider: recorder.tracerProvider,
      meterProvider,
      stores: createStoreRegistry({ stores: [memory] }),
    });
    succeeded = await runViews(engine, views);
    await engine.close();
  });
  expect(succeeded).toBeGreaterThan(200 / oneOf);
  const { destinations, requests } = await exportEverywhere(recorder.spans(), folder);
  expect(shownMarkers(requests, statements, secrets, shownAnyway).undeclared).toEqual([]);
  expect(secrets.foundIn(said)).toEqual([]);
  await meterProvider.forceFlush();
  expect(metrics.getMetrics()).not.toEqual([]);
  expect(secrets.foundIn(JSON.stringify(metrics.getMetrics()))).toEqual([]);
  await meterProvider.shutdown();
  if (shownAnyway.length > 0) return;
  for (const [destination, bytes] of destinations) expect(secrets.foundIn(bytes), destination).toEqual([]);
});

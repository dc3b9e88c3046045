// A process of its own, since it measures memory: files share one if these options are the same.
// @vitest-environment-options { "process": "engine" }
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { createEngine, type Engine } from './engine.ts';
import type { RunResult } from './run-result.ts';

const schemas = [sharedSchema, duckdbSchema];
const people = { name: 'people', location: 'memory:///people.csv' };
const ROWS = 200_000;

let recorder: SpanRecorder;
let memory: MemoryStore;
let engine: Engine;
let ended: RunResult[];
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  vi.stubEnv('TMPDIR', temporary);
  recorder = createSpanRecorder();
  memory = new MemoryStore();
  ended = [];
  await memory.put(
    'people.csv',
    `name,age\n${Array.from({ length: 100 }, (_, index) => `p${index},${index}`).join('\n')}\n`,
  );
  engine = await openEngine('production-lean');
});

afterEach(async () => {
  await engine.close();
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

function openEngine(preset: 'maximal' | 'production-lean' | 'off'): Promise<Engine> {
  return createEngine({
    tracing: { preset },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    onRunEnd: (result) => ended.push(result),
  });
}

function check(): void {
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas });
}

async function stagingFolders(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('planscope-run-'));
}

describe('engine.run', () => {
  it('reads from and writes to stores, and returns what it did', async () => {
    const spec: ExecutionSpec = {
      version: 1,
      inputs: [people],
      views: [{ name: 'old', sql: 'SELECT * FROM people WHERE age >= 50' }],
      outputs: [
        { name: 'file', from: 'old', location: 'memory:///old.parquet', mode: 'create' },
        { name: 'rows', from: 'old' },
      ],
    };
    const result = await engine.run(spec);
    const { size } = await memory.head('old.parquet');
    expect(result).toMatchObject({
      status: 'ok',
      outputs: [
        { name: 'file', rows: 50, file: { location: 'memory:///old.parquet', format: 'parquet', bytes: size } },
        { name: 'rows', rows: 50 },
      ],
      summary: { outputRows: { value: 100, source: 'counted' }, storeBytesWritten: { value: size, source: 'counted' } },
      warnings: [],
    });
    expect(ended).toEqual([result]);
    check();
    await expect(engine.run(spec)).rejects.toMatchObject({ kind: 'AlreadyExists' });
    const back = await engine.run({
      version: 1,
      inputs: [{ name: 'old', location: 'memory:///*.parquet' }],
      views: [{ name: 'n', sql: 'SELECT count(*)::INT AS n FROM old' }],
      outputs: [{ name: 'n', from: 'n' }],
    });
    expect(back.outputs[0]?.batches?.[0]?.toArray().map(({ n }) => n)).toEqual([50]);
  });

  it('returns equal identities for equal runs and different ones for other runs', async () => {
    const spec = (sql: string): ExecutionSpec => ({
      version: 1,
      inputs: [people],
      views: [{ name: 'v', sql }],
      outputs: [{ name: 'v', from: 'v' }],
    });
    const identities = async (of: ExecutionSpec): Promise<(string | undefined)[]> => {
      const { specHash, envelopeHash, rulepackFingerprint } = await engine.run(of);
      return [specHash, envelopeHash, rulepackFingerprint];
    };
    const first = await identities(spec('FROM people'));
    expect(first.every((hash) => /^[0-9a-f]{64}$/.test(hash ?? ''))).toBe(true);
    expect(await identities({ ...spec('FROM people'), runtime: { tags: { a: 1 } } })).toEqual(first);
    const [otherSpec, sameEnvelope] = await identities(spec('FROM people LIMIT 1'));
    expect(otherSpec).not.toBe(first[0]);
    expect(sameEnvelope).toBe(first[1]);
    const [, , otherRules] = await identities({ ...spec('FROM people'), rulepack: { exclude: ['prune_unused'] } });
    expect(otherRules).not.toBe(first[2]);
    await memory.put('people.csv', 'name,age\nann,1\n');
    expect((await identities(spec('FROM people')))[1]).not.toBe(first[1]);
  });

  it('sets identities and custom fields on every operator span', async () => {
    const { specHash, rulepackFingerprint } = await engine.run({
      version: 1,
      inputs: [people],
      outputs: [{ name: 'p', from: 'people' }],
      runtime: { tags: { 'app.tenant': 'blue' } },
    });
    const operators = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator');
    expect(operators.length).toBeGreaterThan(2);
    for (const { attributes } of operators) {
      expect(attributes).toMatchObject({
        'trace.spec_hash': specHash,
        'trace.rulepack': rulepackFingerprint,
        'trace.profile': 'default',
        'trace.rule_mode': 'phase-only',
        'trace.custom_fields_json': '{"app.tenant":"blue"}',
        'app.tenant': 'blue',
      });
    }
    check();
  });

  it('parents its root span under the span of the caller', async () => {
    const span = recorder.tracerProvider.getTracer('program').startSpan('request');
    const otelContext = trace.setSpan(ROOT_CONTEXT, span);
    const result = await engine.run(
      { version: 1, inputs: [people], outputs: [{ name: 'p', from: 'people' }] },
      { otelContext },
    );
    span.end();
    const root = recorder.spans().find(({ name }) => name === 'planscope.execute');
    expect(root?.parentSpanContext?.spanId).toBe(span.spanContext().spanId);
    expect(result.traceId).toBe(span.spanContext().traceId);
  });

  it('creates ten separate, complete traces for ten concurrent runs', async () => {
    await engine.close();
    engine = await openEngine('maximal');
    const run = (index: number): Promise<RunResult> =>
      engine.run({
        version: 1,
        inputs: [people],
        views: [{ name: 'v', sql: `SELECT * FROM people WHERE age < ${index + 1}` }],
        outputs: [{ name: 'v', from: 'v' }],
      });
    const results = await Promise.all(Array.from({ length: 10 }, (_, index) => run(index)));
    expect(new Set(results.map(({ traceId }) => traceId)).size).toBe(10);
    const trees = results.map(({ traceId }) =>
      renderSpanTree(recorder.spans().filter((span) => span.spanContext().traceId === traceId)),
    );
    expect(new Set(trees).size).toBe(1);
    for (const [index, { traceId, outputs }] of results.entries()) {
      expect(outputs[0]?.rows).toBe(index + 1);
      const spans = recorder.spans().filter((span) => span.spanContext().traceId === traceId);
      assertTraceInvariants(spans, { schemas });
      const scan = spans.find(({ name }) => name === 'READ_CSV');
      expect(scan, 'each trace has the operators of its own query').toBeDefined();
    }
    expect(recorder.openSpans()).toBe(0);
  });

  it('creates no spans with the preset off, and returns the same rows', async () => {
    await engine.close();
    engine = await openEngine('off');
    const names: string[] = [];
    const spec: ExecutionSpec = { version: 1, inputs: [people], outputs: [{ name: 'p', from: 'people' }] };
    const { outputs, traceId, operators } = await engine.run(spec);
    const { batches, result } = await engine.stream({ sql: 'FROM people', inputs: [people] });
    for await (const batch of batches) names.push(...batch.toArray().map(({ name }) => String(name)));
    expect(outputs[0]?.rows).toBe(100);
    expect(names).toHaveLength(100);
    expect((await result).traceId).toBeUndefined();
    expect([traceId, operators]).toEqual([undefined, []]);
    expect(recorder.spans()).toEqual([]);
  });

  it('computes a view only once for several references, so that random() has one value', async () => {
    const { outputs } = await engine.run({
      version: 1,
      views: [
        { name: 'v', sql: 'SELECT random() AS x' },
        { name: 'w', sql: 'SELECT a.x = b.x AS same FROM v AS a, v AS b' },
      ],
      outputs: [{ name: 'w', from: 'w' }],
    });
    expect(outputs[0]?.batches?.[0]?.get(0)?.same).toBe(true);
  });
});

describe('engine.stream', () => {
  const many = { sql: `SELECT range AS n FROM range(${ROWS})` };

  it('returns rows as they arrive and resolves its result at their end', async () => {
    const { batches, result, schema } = await engine.stream(many);
    expect(schema.fields.map(({ name }) => name)).toEqual(['n']);
    let rows = 0;
    for await (const batch of batches) rows += batch.numRows;
    expect(rows).toBe(ROWS);
    expect(await result).toMatchObject({ status: 'ok', outputs: [{ rows: ROWS }] });
    check();
  });

  it('closes everything when its consumer stops after one batch', async () => {
    const { batches, result } = await engine.stream({ ...many, inputs: [people] });
    for await (const batch of batches) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    expect(await result).toMatchObject({ status: 'cancelled', outputs: [] });
    check();
    const root = recorder.spans().at(-1);
    expect(root?.attributes['planscope.run.status']).toBe('cancelled');
    expect(root?.status.code).toBe(0);
    expect(await stagingFolders()).toEqual([]);
  });

  it('closes everything when it is never read and its run is stopped', async () => {
    const controller = new AbortController();
    const { result } = await engine.stream(many, { signal: controller.signal });
    controller.abort();
    expect(await result).toMatchObject({ status: 'cancelled' });
    check();
  });

  it('throws the reason of the signal when it is stopped in the middle', async () => {
    const controller = new AbortController();
    const { batches, result } = await engine.stream(many, { signal: controller.signal });
    await batches.next();
    controller.abort(new Error('enough'));
    await expect(async () => {
      for await (const _ of batches);
    }).rejects.toThrow('enough');
    expect(await result).toMatchObject({ status: 'cancelled' });
    check();
  });

  it('is ended when the engine is closed', async () => {
    const { batches, result } = await engine.stream(many);
    await batches.next();
    await engine.close();
    expect(await result).toMatchObject({ status: 'cancelled' });
    await expect(engine.run({ version: 1, outputs: [{ name: 'o', from: 'o' }] })).rejects.toMatchObject({
      code: 'engine-closed',
    });
    check();
  });

  it('keeps no memory of runs that were stopped early', async () => {
    const leave = async (): Promise<void> => {
      const { batches } = await engine.stream(many);
      for await (const _ of batches) break;
    };
    const heapAfter = async (runs: number): Promise<number> => {
      for (let run = 0; run < runs; run += 1) await leave();
      recorder.clear();
      ended.length = 0;
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    expect(globalThis.gc, 'tests run with --expose-gc').toBeDefined();
    await heapAfter(20);
    const before = await heapAfter(20);
    expect((await heapAfter(100)) - before).toBeLessThan(5_000_000);
  });
});

describe('files', () => {
  it('are written to their location, completely or not at all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-engine-'));
    try {
      const spec = (sql: string): ExecutionSpec => ({
        version: 1,
        views: [{ name: 'v', sql }],
        outputs: [{ name: 'v', from: 'v', location: join(folder, 'v.csv') }],
      });
      await engine.run(spec('SELECT 1 AS a'));
      await expect(engine.run(spec(`SELECT CAST('x' || range AS INT) AS a FROM range(10)`))).rejects.toThrow();
      expect(await readdir(folder)).toEqual(['v.csv']);
      const back = await engine.run({
        version: 1,
        inputs: [{ name: 'v', location: join(folder, '*.csv') }],
        outputs: [{ name: 'v', from: 'v' }],
      });
      expect(back.outputs[0]?.rows).toBe(1);
      expect(await stagingFolders()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

it('does not change the active context of the program', async () => {
  const { batches } = await engine.stream({ sql: 'SELECT 1 AS a' });
  for await (const _ of batches) expect(trace.getSpan(context.active())).toBeUndefined();
});

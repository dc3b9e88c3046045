import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from './engine.ts';

const schemas = [sharedSchema, duckdbSchema];
const FILES = 40;
const spec = {
  version: 1,
  inputs: [{ name: 'people', location: 'memory:///people/*.csv' }],
  views: [{ name: 'v', sql: 'SELECT name, count(*) AS n FROM people GROUP BY name ORDER BY name' }],
  outputs: [{ name: 'out', from: 'v' }],
} as const;

const recorder = createSpanRecorder();
let engine: Engine | undefined;
afterEach(async () => {
  await engine?.close();
  recorder.clear();
});

/** One run within a budget: the number of its spans, the dropped spans on its root, and its result. */
async function runWithin(
  spanBudget: number,
): Promise<{ readonly spans: number; readonly dropped: number; readonly rows: unknown }> {
  recorder.clear();
  const memory = new MemoryStore();
  for (let file = 0; file < FILES; file++)
    await memory.put(`people/${file}.csv`, `name,age\nann,${file}\nbob,${file}\n`);
  engine = await createEngine({
    tracing: { preset: 'maximal', spanBudget },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
  });
  const { outputs } = await engine.run(spec);
  await engine.close();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas });
  const roots = recorder.spans().filter(({ parentSpanContext }) => parentSpanContext === undefined);
  expect(roots.map(({ name }) => name)).toEqual(['planscope.execute']);
  const dropped = Number(roots[0]?.attributes['planscope.spans.dropped'] ?? 0);
  const rows = outputs[0]?.batches?.flatMap((batch) => batch.toArray().map(String));
  return { spans: recorder.spans().length, dropped, rows };
}

describe('a budget of spans', () => {
  it('limits the trace of a run and counts the dropped spans on the root', async () => {
    const whole = await runWithin(10_000);
    expect(whole.dropped).toBe(0);
    expect(whole.spans).toBeGreaterThan(100);
    for (const budget of [1, 10, 50]) {
      const cut = await runWithin(budget);
      // The root is not part of the budget, because it has the number of dropped spans.
      expect(cut.spans).toBeLessThanOrEqual(budget + 1);
      expect(cut.spans).toBeGreaterThan(budget / 2);
      expect(cut.dropped).toBeGreaterThan(0);
      expect(cut.rows).toEqual(whole.rows);
    }
  });
});

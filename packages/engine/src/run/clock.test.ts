import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import type { AnalyzerRule, PhysicalOptimizerRule } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { withSpan } from '../custom/with-span.ts';
import { createEngine } from '../index.ts';

afterEach(() => vi.restoreAllMocks());

it.each([500, -500])('all spans of a run are within their parents if the clock changes by %i ms', async (step) => {
  const now = Date.now.bind(Date);
  let set = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + set);
  const setClock: AnalyzerRule = {
    name: 'set_clock',
    apply: (plan) =>
      withSpan('set the clock', {}, () => {
        set += step;
        return plan;
      }),
  };
  const setClockAgain: PhysicalOptimizerRule = {
    name: 'set_clock_again',
    apply: (plan) => {
      set += step;
      return plan;
    },
  };
  const store = new MemoryStore();
  await store.put('people.csv', 'name\nann\n');
  const recorder = createSpanRecorder();
  const engine = await createEngine({
    tracing: { preset: 'maximal' },
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [store] }),
    rules: { analyzer: [setClock], physical: [setClockAgain] },
  });
  try {
    await engine.run({
      version: 1,
      inputs: [{ name: 'people', location: 'memory:///people.csv' }],
      outputs: [{ name: 'out', from: 'people', location: 'memory:///out.csv' }],
    });
  } finally {
    await engine.close();
  }
  const spans = recorder.spans();
  expect(spans.map(({ name }) => name)).toContain('set_clock');
  expect(spans.map(({ name }) => name)).toContain('memory.put');
  assertTraceInvariants(spans, { schemas: [sharedSchema, duckdbSchema] });
});

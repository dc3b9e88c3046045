import { resolveTracingConfig, type TracingConfigInput } from '@planscope/config';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../run/engine.ts';
import { outcomeWait, queryRecording } from './query-recording.ts';

describe('the recording of a query', () => {
  it.each<[TracingConfigInput, ReturnType<typeof queryRecording>['plans'], number]>([
    [{ preset: 'maximal' }, true, 1500],
    [{ preset: 'maximal', planDiff: 'off' }, false, 250],
    [{ preset: 'maximal', planDiff: 'per-rule' }, 'per-optimizer', 2500],
    [{ preset: 'maximal', planDiff: 'per-rule', rulePhases: { logical: 'phase-only' } }, true, 1500],
    [{ preset: 'maximal', planDiff: 'per-rule', recordMetrics: false }, false, 250],
    [{ preset: 'off' }, false, 250],
  ])('%j: plans %j', (explicit, plans, wait) => {
    const { config } = resolveTracingConfig({ explicit, environment: {} });
    expect([queryRecording(config).plans, outcomeWait(config)]).toEqual([plans, wait]);
  });
});

it('keeps only the totals of a query below detail.slowerThan', async () => {
  const recorder = createSpanRecorder();
  const run = async (slowerThan: number): Promise<string[]> => {
    recorder.clear();
    const engine = await createEngine({
      tracing: { detail: { slowerThan } },
      environment: {},
      tracerProvider: recorder.tracerProvider,
    });
    await engine.run({
      version: 1,
      views: [{ name: 'numbers', sql: 'SELECT range AS n FROM range(3) WHERE range > 1' }],
      outputs: [{ name: 'numbers', from: 'numbers' }],
    });
    await engine.close();
    return recorder
      .spans()
      .filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator')
      .map(({ name, attributes }) => `${name} ${attributes['planscope.detail'] ?? ''}`.trim());
  };
  expect(await run(60_000)).toEqual(['DuckDBExec summary']);
  expect(await run(0)).toEqual(expect.arrayContaining(['DuckDBExec', 'FILTER', 'RANGE']));
});

it('shows the effect of each optimizer on the query of a run, without literals', async () => {
  const recorder = createSpanRecorder();
  const memory = new MemoryStore();
  await memory.put('people.csv', `name,age\nAda,36\nBob,7\n`);
  const engine = await createEngine({
    tracing: { preset: 'maximal-no-data', planDiff: 'per-rule' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
  });
  const { warnings } = await engine.run({
    version: 1,
    inputs: [{ name: 'people', location: 'memory:///people.csv' }],
    views: [{ name: 'chosen', sql: `SELECT age FROM people WHERE name = 'Ada' AND 1 = 1` }],
    outputs: [{ name: 'ages', from: 'chosen' }],
  });
  await engine.close();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: ['Ada'] });
  const optimizers = recorder
    .spans()
    .filter(({ attributes }) => attributes['planscope.planner'] === 'duckdb' && 'planscope.rule.name' in attributes);
  const reasons = optimizers.map(({ attributes }) => attributes['planscope.plan_diff.unavailable_reason']);
  expect(reasons.filter((reason) => reason !== undefined)).toEqual([]);
  const ablated = optimizers.filter(({ attributes }) => attributes['planscope.plan_diff.basis'] === 'ablation');
  expect(ablated.map(({ name }) => name)).toEqual([
    'expression_rewriter (modified)',
    'filter_pushdown (modified)',
    'unused_columns (modified)',
    'cte_inlining (modified)',
  ]);
  expect(warnings.filter(({ code }) => code !== 'cardinality-misestimated')).toEqual([]);
});

import { resolveTracingConfig } from '@planscope/config';
import { createStoreRegistry, innerStore } from '@planscope/object-store';
import type { SessionState } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DuckDBBackend } from '../backend/duckdb-backend.ts';
import { createEngine } from './engine.ts';
import { instrumentedSession } from './instrumentation.ts';
import { planningRequests } from './planning-requests.ts';
import { RunStores } from './run-stores.ts';

const { tracerProvider } = createSpanRecorder();
const configOf = (preset: string) => resolveTracingConfig({ preset, environment: {} }).config;

const session: SessionState = {
  analyzerRules: [],
  optimizerRules: [],
  physicalOptimizerRules: [],
  queryPlanner: { createPhysicalPlan: () => expect.unreachable() },
};

describe('with tracing off', () => {
  it('the session is not wrapped', async () => {
    const backend = await DuckDBBackend.open({}, configOf('off'), createStoreRegistry());
    onTestFinished(() => backend.close());
    const sessionFor = (preset: string): SessionState =>
      instrumentedSession(session, { backend, config: configOf(preset), tracerProvider });
    expect(sessionFor('off')).toBe(session);
    const traced = sessionFor('production-lean');
    expect(traced.interceptors).toHaveLength(1);
    expect(traced.physicalOptimizerRules.map(({ mustBeLast }) => mustBeLast)).toEqual([true]);
  });

  it('a store is not wrapped', () => {
    const registry = createStoreRegistry();
    const { store } = registry.resolve('memory:///a');
    const stores = (preset: string): RunStores => new RunStores(registry, configOf(preset), tracerProvider, () => {});
    expect(stores('off').resolve('memory:///a').store).toBe(store);
    const traced = stores('production-lean').resolve('memory:///a').store;
    expect(traced).not.toBe(store);
    expect(innerStore(traced)).toBe(store);
  });

  it.each([
    ['off', {}],
    ['production-lean', { instrumentObjectStore: false }],
  ])('no requests of planning are watched (%s, %j)', async (preset, explicit) => {
    const backend = await DuckDBBackend.open({}, configOf('off'), createStoreRegistry());
    onTestFinished(() => backend.close());
    const { config } = resolveTracingConfig({ preset, explicit, environment: {} });
    expect(planningRequests(config, { backend, tracerProvider }, () => {})).toBeUndefined();
    expect(planningRequests(configOf('production-lean'), { backend, tracerProvider }, () => {})).toBeDefined();
  });

  it('a run does not request a tracer', async () => {
    const getTracer = vi.fn(tracerProvider.getTracer.bind(tracerProvider));
    const engine = await createEngine({ tracing: { preset: 'off' }, environment: {}, tracerProvider: { getTracer } });
    const { traceId } = await engine.run({
      version: 1,
      views: [{ name: 'one', sql: 'SELECT 1 AS one' }],
      outputs: [{ name: 'one', from: 'one' }],
    });
    await engine.close();
    expect(traceId).toBeUndefined();
    expect(getTracer).not.toHaveBeenCalled();
  });
});

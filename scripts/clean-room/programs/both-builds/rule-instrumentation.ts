import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExecutionPlan, type LogicalPlan, planQuery, SpanBudget } from '@planscope/plan';
import * as esm from '@planscope/rule-instrumentation';
import { recordingProvider, spanLines } from '../recording-provider.ts';

const cjs = createRequire(import.meta.url)('@planscope/rule-instrumentation') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.instrumentSession, cjs.instrumentSession);
  const node: LogicalPlan = { name: 'Scan', children: [], describe: () => [], withNewChildren: () => node };
  const scan = { ...node, execute: () => assert.fail('planning executes nothing') };
  const tracerProvider = recordingProvider();
  const session = {
    analyzerRules: [],
    optimizerRules: [],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => scan as unknown as ExecutionPlan },
    maxPasses: 1,
  };
  const once = esm.instrumentSession(session, { tracerProvider });
  const twice = cjs.instrumentSession(once, { tracerProvider });
  assert.equal(twice.interceptors?.length, 1);
  await planQuery(twice, node, {
    otelContext: ROOT_CONTEXT,
    signal: new AbortController().signal,
    run: { runId: 'run-1' },
    budget: new SpanBudget(),
    warn: ({ message }) => assert.fail(message),
  });
  assert.equal(spanLines(tracerProvider).length, 4);
  assert.throws(
    () => cjs.instrumentSession(session, { mode: 'fully' as 'full' }),
    (error) => esm.PlanningOptionsError.isInstance(error),
  );
  return 'a session is traced once';
}

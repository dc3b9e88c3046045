import assert from 'node:assert/strict';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExecutionPlan, type LogicalPlan, planQuery, SpanBudget } from '@planscope/plan';
import { instrumentSession, PlanningOptionsError } from '@planscope/rule-instrumentation';
import { recordingProvider, spanLines } from './recording-provider.ts';

function logical(name: string, children: readonly LogicalPlan[] = []): LogicalPlan {
  return { name, children, describe: () => [], withNewChildren: (given) => logical(name, given) };
}

const addLimit = {
  name: 'add_limit',
  apply: (plan: LogicalPlan) => (plan.name === 'Limit' ? plan : logical('Limit', [plan])),
};

export async function main(): Promise<string> {
  const scan = { ...logical('ScanExec'), execute: () => assert.fail('planning executes nothing') };
  const session = {
    analyzerRules: [],
    optimizerRules: [addLimit],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => scan as unknown as ExecutionPlan },
    maxPasses: 1,
  };
  const tracerProvider = recordingProvider();
  await planQuery(instrumentSession(session, { mode: 'full', planDiff: true, tracerProvider }), logical('Scan'), {
    otelContext: ROOT_CONTEXT,
    signal: new AbortController().signal,
    run: { runId: 'run-1' },
    budget: new SpanBudget(),
    warn: ({ message }) => assert.fail(message),
  });
  assert.deepEqual(spanLines(tracerProvider), [
    'analyze_logical_plan',
    'optimize_logical_plan',
    'add_limit < optimize_logical_plan',
    'create_physical_plan',
    'optimize_physical_plan',
  ]);
  const rule = tracerProvider.spans.find(({ name }) => name === 'add_limit');
  assert.match(String(rule?.attributes['datafusion.plan_diff']), /\+Limit/);
  assert.ok(tracerProvider.spans.every(({ ended }) => ended));
  assert.throws(
    () => instrumentSession(session, { mode: 'fully' as 'full' }),
    (error) => PlanningOptionsError.isInstance(error),
  );
  return `${tracerProvider.spans.length} spans of planning, a diff on the rule`;
}

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import * as esm from '@planscope/plan';
import { SpanBudget } from '@planscope/plan/report';

const cjs = createRequire(import.meta.url)('@planscope/plan') as typeof esm;

const scan = {
  name: 'ScanExec',
  properties: esm.singlePartition,
  children: [],
  withNewChildren: () => scan,
  describe: () => [{ key: 'table', text: 'flights', kind: 'identifier' }],
  execute: (_partition: number, context: esm.TaskContext) => cjs.createExecution(context, () => []),
} as unknown as esm.ExecutionPlan;

export async function main(): Promise<string> {
  assert.notEqual(esm.PlanError, cjs.PlanError);
  assert.equal(esm.SpanBudget, SpanBudget);
  assert.throws(
    () => cjs.readPlan('{}'),
    (error) => esm.PlanError.isInstance(error),
  );

  const metric = { name: 'output_rows', type: 'count', unit: '{row}', value: 2 } as const;
  const metrics = new esm.MetricsSet([metric]).addAll(new cjs.MetricsSet([metric]));
  assert.equal(metrics.get('output_rows'), 4);

  const context: esm.TaskContext = {
    otelContext: ROOT_CONTEXT,
    signal: new AbortController().signal,
    run: { runId: 'run-1' },
    budget: new cjs.SpanBudget(1),
    shared: new cjs.SharedExecutions(),
    warn: ({ message }) => assert.fail(message),
  };
  const session: esm.SessionState = {
    analyzerRules: [],
    optimizerRules: [],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => scan },
  };
  const { plan } = await esm.planQuery(session, scan, context);
  assert.equal(cjs.displayPlan(plan), esm.displayPlan(plan));
  const { batches, outcome } = plan.execute(0, context);
  for await (const _ of batches);
  assert.equal((await outcome).status, 'ok');
  const portable = cjs.portablePlan({ physical: plan, redact: ({ text }) => text });
  assert.equal(esm.readPlan(JSON.parse(JSON.stringify(portable))).toText(), portable.toText());
  return 'plans, metrics and contexts of one build work in the other';
}

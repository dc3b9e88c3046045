import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import * as esm from '@planscope/plan';
import * as testing from '@planscope/plan/testing';

const cjs = createRequire(import.meta.url)('@planscope/plan') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.PlanError, cjs.PlanError);
  assert.throws(
    () => cjs.readPlan('{}'),
    (error) => esm.PlanError.isInstance(error),
  );

  const metric = { name: 'output_rows', type: 'count', unit: '{row}', value: 2 } as const;
  const metrics = new esm.MetricsSet([metric]).addAll(new cjs.MetricsSet([metric]));
  assert.equal(metrics.get('output_rows'), 4);

  const context = { ...testing.testTaskContext(), budget: new cjs.SpanBudget(1), shared: new cjs.SharedExecutions() };
  const session = {
    analyzerRules: [],
    optimizerRules: [],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => new testing.ValuesExec([[]]) },
  };
  const logical = testing.logicalNode('Scan');
  const { plan } = await esm.planQuery(session, logical, { ...context, otelContext: ROOT_CONTEXT });
  assert.equal(cjs.displayPlan(plan), esm.displayPlan(plan));
  const { batches, outcome } = plan.execute(0, context);
  for await (const _ of batches);
  assert.equal((await outcome).status, 'ok');
  const portable = cjs.portablePlan({ physical: plan, redact: (text) => text });
  assert.equal(esm.readPlan(JSON.parse(JSON.stringify(portable))).toText(), portable.toText());
  return 'plans, metrics and contexts of one build work in the other';
}

import assert from 'node:assert/strict';
import { executionPlanConformance, FailingExec, ValuesExec } from '@planscope/plan/testing';
import { tableFromArrays } from 'apache-arrow';

export async function main(): Promise<string> {
  const { batches } = tableFromArrays({ delay: Int32Array.from([5, 12, 40]) });
  const checks = executionPlanConformance(() => new ValuesExec([batches]));
  for (const { run } of checks) await run();
  assert.ok(checks.length > 3);
  assert.equal(new FailingExec(new Error('as told')).children.length, 0);
  return `${checks.length} checks of the conformance suite pass`;
}

import { executionPlanConformance, FailingExec, UnionExec, ValuesExec } from '@planscope/plan/testing';
import { describe, it } from 'vitest';

describe('the nodes of the engine', () => {
  const makePlan = () => new UnionExec([new ValuesExec([[1, 2], [3]]), new ValuesExec([[4]])]); // yours
  const makeFailingPlan = () => new FailingExec(new Error('no such file')); // yours
  for (const { name, run } of executionPlanConformance(makePlan, { makeFailingPlan })) it(name, run);
});
export {};

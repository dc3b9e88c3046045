import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { ConformanceCheck, ConformanceOptions, ConformanceSubject } from './conformance-check.ts';
import { executionChecks, failureChecks } from './execution-checks.ts';
import { nodeChecks } from './node-checks.ts';

/**
 * The requirements of the contract for an engine's plan, as named checks for any test framework:
 * `for (const { name, run } of executionPlanConformance(makePlan)) test(name, run)`.
 *
 * @param makePlan returns a new plan for each check, preferably with several nodes and batches
 */
export function executionPlanConformance(
  makePlan: () => ExecutionPlan<Batch> | Promise<ExecutionPlan<Batch>>,
  options: ConformanceOptions = {},
): readonly ConformanceCheck[] {
  const { makeFailingPlan } = options;
  const of = (
    checks: Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>>,
    make: ConformanceSubject['makePlan'],
  ): ConformanceCheck[] =>
    Object.entries(checks).map(([name, check]) => ({ name, run: () => check({ ...options, makePlan: make }) }));
  return [
    ...of(nodeChecks, makePlan),
    ...of(executionChecks, makePlan),
    ...(makeFailingPlan === undefined ? [] : of(failureChecks, makeFailingPlan)),
  ];
}

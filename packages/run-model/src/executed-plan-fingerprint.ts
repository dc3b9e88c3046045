import { planFingerprint } from '@planscope/internal/plan-fingerprint';
import type { Operator } from './run.ts';

/** The part of an operator that makes up the shape of a plan. */
export type PlanShape = Pick<Operator, 'id' | 'name' | 'inputIds' | 'inputStageIds' | 'stageId' | 'fields'>;

/**
 * SHA-256 of the operators of a query, in hexadecimal: their names, their inputs in order, and their descriptions.
 * Literals, placeholders and other numbers are replaced, and lists of them are one, so that the fingerprint is the same
 * whether the texts were redacted or not. Names of files, limits, estimates and dynamic filters are omitted.
 *
 * @param operators of one query, in any order that has inputs in their order
 */
export function executedPlanFingerprint(operators: readonly PlanShape[]): string {
  return planFingerprint(operators);
}

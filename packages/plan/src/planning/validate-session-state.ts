import type { Batch } from '../execution/batch.ts';
import { PlanError } from '../plan-error.ts';
import type { Rule } from './rules.ts';
import type { SessionState } from './session-state.ts';

/** Most passes of logical optimization where a session does not say. */
export const DEFAULT_MAX_PASSES = 3;

/**
 * Refuses a session that planning could not run as it was meant.
 *
 * @throws PlanError `invalid-session`, or `rule-order` when a rule comes after one that must be the last
 */
export function validateSessionState(state: SessionState<Batch>): void {
  validateRules('analyzerRules', state.analyzerRules);
  validateRules('optimizerRules', state.optimizerRules);
  validateRules('physicalOptimizerRules', state.physicalOptimizerRules);
  if (typeof state.queryPlanner?.createPhysicalPlan !== 'function') {
    throw invalid('queryPlanner', state.queryPlanner, 'an object with a createPhysicalPlan function');
  }
  const { maxPasses = DEFAULT_MAX_PASSES, interceptors = [] } = state;
  if (!Number.isInteger(maxPasses) || maxPasses < 1) throw invalid('maxPasses', maxPasses, 'a whole number from 1 up');
  if (!Array.isArray(interceptors)) throw invalid('interceptors', interceptors, 'an array of functions');
  for (const [index, interceptor] of interceptors.entries()) {
    if (typeof interceptor !== 'function') throw invalid(`interceptors[${index}]`, interceptor, 'a function');
  }
}

function validateRules<Plan>(field: string, rules: readonly Rule<Plan>[]): void {
  if (!Array.isArray(rules)) throw invalid(field, rules, 'an array of rules');
  const places = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const where = `${field}[${index}]`;
    if (typeof rule?.name !== 'string' || rule.name === '') throw invalid(`${where}.name`, rule?.name, 'a name');
    if (typeof rule.apply !== 'function') throw invalid(`${where}.apply`, rule.apply, 'a function from plan to plan');
    const earlier = places.get(rule.name);
    if (earlier !== undefined) {
      throw invalid(`${where}.name`, rule.name, `a name of its own, ${field}[${earlier}] has this one already`);
    }
    places.set(rule.name, index);
  }
  validateOrder(field, rules);
}

function validateOrder<Plan>(field: string, rules: readonly Rule<Plan>[]): void {
  const index = rules.findIndex((rule) => rule.mustBeLast === true);
  const later = index === -1 ? [] : rules.slice(index + 1);
  if (later.length === 0) return;
  const names = later.map((rule) => `"${rule.name}"`).join(', ');
  throw new PlanError(
    'rule-order',
    `session state: ${field}[${index}] "${rules[index]?.name}" must be the last rule, but ${names} ${later.length === 1 ? 'comes' : 'come'} after it; move it to the end`,
  );
}

function invalid(field: string, value: unknown, right: string): PlanError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? typeof value : value;
  return new PlanError('invalid-session', `session state: ${field} is ${String(shown)}; should be ${right}`);
}

import type { Context } from '@opentelemetry/api';
import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan, RunIdentity, SpanBudget, WarningSink } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { PlanError } from '../plan-error.ts';
import type { PlanningPhase } from './planning-phase.ts';

/** Creates the physical plan for a logical plan. */
export interface QueryPlanner<Rows extends Batch = RecordBatch> {
  createPhysicalPlan(plan: LogicalPlan, context: PlanningContext): ExecutionPlan<Rows> | Promise<ExecutionPlan<Rows>>;
}

/** The parts of planning. Immutable: instrumenting a session returns a new one. */
export interface SessionState<Rows extends Batch = RecordBatch> {
  readonly analyzerRules: readonly AnalyzerRule[];
  readonly optimizerRules: readonly OptimizerRule[];
  readonly physicalOptimizerRules: readonly PhysicalOptimizerRule<Rows>[];
  readonly queryPlanner: QueryPlanner<Rows>;
  /** Maximum number of passes of logical optimization, at least 1. Default: 3. */
  readonly maxPasses?: number;
  /** Wrappers around every phase and rule; the first is the outermost. */
  readonly interceptors?: readonly PlanningInterceptor[];
}

/**
 * One step of a phase, from plan to plan. A rule without changes returns the given plan.
 *
 * @typeParam Plan LogicalPlan or ExecutionPlan
 */
export interface Rule<Plan> {
  readonly name: string;
  /** Whether an error is only a warning, after which the phase continues with the plan before the rule. */
  readonly mayFail?: boolean;
  /** Whether it must be the last rule of its list. If it is not, planning fails and names the later rules. */
  readonly mustBeLast?: boolean;
  apply(plan: Plan, context: PlanningContext): Plan | Promise<Plan>;
}

/** Checks and completes a logical plan: names, types, schemas. Runs once. */
export type AnalyzerRule = Rule<LogicalPlan>;
/** Rewrites a logical plan into a better one with the same result. Runs in passes. */
export type OptimizerRule = Rule<LogicalPlan>;
/** Rewrites a physical plan into a better one with the same result. Runs once. */
export type PhysicalOptimizerRule<Rows extends Batch = RecordBatch> = Rule<ExecutionPlan<Rows>>;

/** What planning gets: the parent of its spans, the abort signal, and the run. */
export interface PlanningContext {
  /** Parent context for spans. */
  readonly otelContext: Context;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}

/** A phase before it runs. Logical optimization has one call for each pass. */
export interface PhaseCall {
  readonly kind: 'phase';
  readonly phase: PlanningPhase;
  readonly plan: LogicalPlan | ExecutionPlan<Batch>;
  readonly context: PlanningContext;
  /** Number of the pass from 1; only in logical optimization. */
  readonly pass?: number;
  /** Only in logical optimization. */
  readonly maxPasses?: number;
}

/** A rule of a phase before it runs. */
export interface RuleCall {
  readonly kind: 'rule';
  readonly phase: PlanningPhase;
  readonly rule: string;
  readonly mayFail: boolean;
  readonly plan: LogicalPlan | ExecutionPlan<Batch>;
  readonly context: PlanningContext;
  /** Number of the pass from 1; only in logical optimization. */
  readonly pass?: number;
}

/** A phase or a rule before it runs. */
export type PlanningCall = PhaseCall | RuleCall;

/** The result of a phase or rule. */
export interface PlanningOutcome {
  readonly plan: LogicalPlan | ExecutionPlan<Batch>;
  /** Whether structure or description of the plan has changed; always true for `create_physical_plan`. */
  readonly changed: boolean;
  /** The rules that changed the plan, in order; for a rule, only itself or none. */
  readonly effectiveRules: readonly string[];
}

/** Runs a phase or a rule. */
export type PlanningStep = (call: PlanningCall) => Promise<PlanningOutcome>;

/**
 * Wraps every phase and rule. An interceptor can pass on a call with another context. The rules of a phase get the
 * context that the interceptors of the phase passed on.
 */
export type PlanningInterceptor = (next: PlanningStep) => PlanningStep;

/** Default maximum number of passes of logical optimization. */
export const DEFAULT_MAX_PASSES = 3;

/**
 * Validates a session.
 *
 * @throws PlanError `invalid-session`, or `rule-order` if a rule follows one that must be the last
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
      throw invalid(`${where}.name`, rule.name, `another name, as ${field}[${earlier}] has this one`);
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

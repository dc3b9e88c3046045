import type { Context } from '@opentelemetry/api';
import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan, RunIdentity, SpanBudget, WarningSink } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { PlanError } from '../plan-error.ts';
import type { PlanningPhase } from './planning-phase.ts';

/** Makes the physical plan of a logical one. */
export interface QueryPlanner<Rows extends Batch = RecordBatch> {
  createPhysicalPlan(plan: LogicalPlan, context: PlanningContext): ExecutionPlan<Rows> | Promise<ExecutionPlan<Rows>>;
}

/** Everything that planning is made of. Immutable: instrumenting a session makes another one. */
export interface SessionState<Rows extends Batch = RecordBatch> {
  readonly analyzerRules: readonly AnalyzerRule[];
  readonly optimizerRules: readonly OptimizerRule[];
  readonly physicalOptimizerRules: readonly PhysicalOptimizerRule<Rows>[];
  readonly queryPlanner: QueryPlanner<Rows>;
  /** Most passes of logical optimization; at least 1, default 3. */
  readonly maxPasses?: number;
  /** Around every phase and rule; the first is the outermost. */
  readonly interceptors?: readonly PlanningInterceptor[];
}

/**
 * One step of a phase, from plan to plan. A rule that changes nothing returns the plan it was given.
 *
 * @typeParam Plan LogicalPlan or ExecutionPlan
 */
export interface Rule<Plan> {
  readonly name: string;
  /** True when its failure is a warning and the phase goes on with the plan it was given. */
  readonly mayFail?: boolean;
  /** True when no rule may come after it in its list; planning is refused, naming the rules that do. */
  readonly mustBeLast?: boolean;
  apply(plan: Plan, context: PlanningContext): Plan | Promise<Plan>;
}

/** Checks and completes a logical plan: names, types, schemas. Runs once. */
export type AnalyzerRule = Rule<LogicalPlan>;
/** Rewrites a logical plan into a better one with the same result. Runs in passes. */
export type OptimizerRule = Rule<LogicalPlan>;
/** Rewrites a physical plan into a better one with the same result. Runs once. */
export type PhysicalOptimizerRule<Rows extends Batch = RecordBatch> = Rule<ExecutionPlan<Rows>>;

/** What planning gets: where to put its spans, when to stop, which run it belongs to. */
export interface PlanningContext {
  /** Context to parent spans under. */
  readonly otelContext: Context;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}

/** One phase about to run; logical optimization is one call for each pass. */
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

/** One rule about to run within a phase. */
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

/** A phase or a rule that is about to run. */
export type PlanningCall = PhaseCall | RuleCall;

/** What a phase or rule came to. */
export interface PlanningOutcome {
  readonly plan: LogicalPlan | ExecutionPlan<Batch>;
  /** Whether the plan differs in structure or description from the one given; always true for `create_physical_plan`. */
  readonly changed: boolean;
  /** The rules that changed the plan, in order; for a rule, itself or nothing. */
  readonly effectiveRules: readonly string[];
}

/** Runs a phase or a rule. */
export type PlanningStep = (call: PlanningCall) => Promise<PlanningOutcome>;

/**
 * Wraps every phase and rule. A call may be handed on with another context, so that what runs inside sees it; the
 * rules of a phase get the context that its interceptors passed on.
 */
export type PlanningInterceptor = (next: PlanningStep) => PlanningStep;

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

import type { Batch } from '../execution/batch.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import type { PlanningContext } from './planning-context.ts';
import type { PlanningPhase } from './planning-phase.ts';

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

import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { expectChildCount, type NodeField } from '../node/plan-node.ts';
import { expectExecutionPlan, planningStep } from './planning-step.ts';
import { type PlanningContext, type SessionState, validateSessionState } from './session-state.ts';

/**
 * The parts of planning in an engine without logical plans.
 *
 * @typeParam Statement what it plans: a text or a syntax tree
 */
export interface StatementSession<Statement, Rows extends Batch = RecordBatch>
  extends Partial<Pick<SessionState<Rows>, 'physicalOptimizerRules' | 'interceptors'>> {
  createPhysicalPlan(
    statement: Statement,
    context: PlanningContext,
  ): ExecutionPlan<Rows> | Promise<ExecutionPlan<Rows>>;
  /** Description of the statement in a trace. Default: none. */
  describe?(statement: Statement): readonly NodeField[];
}

/**
 * Plans one statement of an engine that creates a physical plan directly from the syntax, and optimizes it once.
 * Phases, rules, interceptors, warnings and aborts work as in `planQuery`.
 *
 * @throws PlanError `invalid-session` or `rule-order` before anything runs; `invalid-plan` if a rule or the session
 * returns something that is not a physical plan
 * @throws the signal's reason if it is aborted
 */
export async function planStatement<Statement, Rows extends Batch = RecordBatch>(
  session: StatementSession<Statement, Rows>,
  statement: Statement,
  context: PlanningContext,
): Promise<ExecutionPlan<Rows>> {
  const { physicalOptimizerRules = [], interceptors = [] } = session;
  const queryPlanner: SessionState<Rows>['queryPlanner'] = {
    createPhysicalPlan: (_, within) => session.createPhysicalPlan(statement, within),
  };
  const state = { analyzerRules: [], optimizerRules: [], physicalOptimizerRules, queryPlanner, interceptors };
  validateSessionState(state);
  const step = planningStep(state);
  const plan = statementNode(session.describe?.(statement) ?? []);
  const created = await step({ kind: 'phase', phase: 'create_physical_plan', plan, context });
  const optimized = await step({ kind: 'phase', phase: 'optimize_physical_plan', plan: created.plan, context });
  context.signal.throwIfAborted();
  return expectExecutionPlan(optimized.plan, 'optimize_physical_plan') as ExecutionPlan<Rows>;
}

/** A statement in the role of the logical plan. */
function statementNode(fields: readonly NodeField[]): LogicalPlan {
  const node: LogicalPlan = {
    name: 'Statement',
    children: [],
    describe: () => fields,
    withNewChildren(children) {
      expectChildCount(node, children);
      return node;
    },
  };
  return node;
}

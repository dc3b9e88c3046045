import { displayPlan } from '../node/display-plan.ts';
import { type DescribedNode, describeNode, type NodeField } from '../node/plan-node.ts';

/** A node of a plan that an engine showed, at any stage of its planning. */
export interface PlanNodeReport {
  readonly name: string;
  /** What the node is; default nothing but its name. */
  readonly fields?: readonly NodeField[];
  readonly children: readonly PlanNodeReport[];
}

/** A plan that an engine showed: its roots, or its text, one line a node, where the engine gives no more. */
export type PlanReport = string | readonly PlanNodeReport[];

/**
 * A plan that an engine showed as indented text, one line a node.
 *
 * @param line shows one node; default {@link describeNode}, literals included
 */
export function displayReportedPlan(
  plan: PlanReport,
  line: (node: DescribedNode) => string = (node) => describeNode(node),
): string {
  if (typeof plan === 'string') return plan;
  const show = ({ name, fields = [] }: PlanNodeReport): string => line({ name, describe: () => fields });
  return plan.map((root) => displayPlan(root, { line: show })).join('\n');
}

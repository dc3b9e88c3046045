import { displayPlan } from '../node/display-plan.ts';
import { type DescribedNode, describeNode, type NodeField } from '../node/plan-node.ts';

/** A node of a reported plan, from any phase of planning. */
export interface PlanNodeReport {
  readonly name: string;
  /** Description of the node. Default: only its name. */
  readonly fields?: readonly NodeField[];
  readonly children: readonly PlanNodeReport[];
}

/** A reported plan: its roots, or its text with one line for each node, if the engine has nothing else. */
export type PlanReport = string | readonly PlanNodeReport[];

/**
 * A reported plan as indented text, with one line for each node.
 *
 * @param line formats one node. Default: {@link describeNode}, including literals
 */
export function displayReportedPlan(
  plan: PlanReport,
  line: (node: DescribedNode) => string = (node) => describeNode(node),
): string {
  if (typeof plan === 'string') return plan;
  const show = ({ name, fields = [] }: PlanNodeReport): string => line({ name, describe: () => fields });
  return plan.map((root) => displayPlan(root, { line: show })).join('\n');
}

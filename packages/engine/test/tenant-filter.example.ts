import { RelationNode } from '@planscope/engine';
import { type LogicalPlan, type OptimizerRule, transformPlan } from '@planscope/plan';

/** Has every scan read the rows of one tenant only. */
export function tenantFilter(tenant: string): OptimizerRule {
  const condition = `tenant = '${tenant.replaceAll("'", "''")}'`;
  const filtered = (node: LogicalPlan): LogicalPlan => {
    if (!(node instanceof RelationNode)) return node;
    const hasTenant = node.columns?.some(({ name }) => name === 'tenant') ?? false;
    if (!hasTenant) throw new Error(`input "${node.names[0]}" has no column "tenant", so it cannot be read by tenant`);
    return node.withFilter(condition);
  };
  return { name: 'tenant_filter', apply: (plan) => transformPlan(plan, filtered) };
}

import type { TracingConfig } from '@planscope/config';
import { innerPlan } from '@planscope/exec-instrumentation';
import { type OperatorRecord, type PlannedQuery, type PortablePlan, portablePlan } from '@planscope/plan';
import { createPlaceholders, redactPlan, truncateText } from '@planscope/redaction';

/** What of the configuration counts for the plan of a run. */
export type PlanTextConfig = Pick<TracingConfig, 'privacy' | 'maxAttributeBytes'>;

/**
 * The plan of a run in portable form, each node with what its executions came to.
 *
 * @param records of the operators that were executed; none where nothing was traced
 */
export function runPlan(
  { logicalPlan, plan }: PlannedQuery,
  records: readonly OperatorRecord[],
  { privacy, maxAttributeBytes }: PlanTextConfig,
): PortablePlan {
  const placeholders = createPlaceholders();
  return portablePlan({
    logical: logicalPlan,
    physical: plan,
    executionsOf: (node) => records.filter((record) => record.node === innerPlan(node)),
    redact: (text, identifiers) => {
      const options = { placeholders, ...(identifiers === undefined ? {} : { identifiers }) };
      return truncateText(privacy.planLiterals === 'keep' ? text : redactPlan(text, options), maxAttributeBytes);
    },
  });
}

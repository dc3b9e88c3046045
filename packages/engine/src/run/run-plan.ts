import type { TracingConfig } from '@planscope/config';
import { duckdbDialect } from '@planscope/duckdb';
import { innerPlan } from '@planscope/exec-instrumentation';
import {
  fieldRenderer,
  type OperatorRecord,
  type PlannedQuery,
  type PortablePlan,
  portablePlan,
} from '@planscope/plan';
import { createPlaceholders, createTextsByKind } from '@planscope/redaction';

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
  const { planLiterals, sqlLiterals } = privacy;
  const texts = createTextsByKind({ dialect: duckdbDialect, planLiterals, sqlLiterals, maxBytes: maxAttributeBytes });
  const placeholders = createPlaceholders();
  return portablePlan({
    logical: logicalPlan,
    physical: plan,
    executionsOf: (node) => records.filter((record) => record.node === innerPlan(node)),
    redact: (field, identifiers) => {
      const names = identifiers === undefined ? {} : { identifiers };
      return fieldRenderer(texts, { placeholders, ...names })(field);
    },
  });
}

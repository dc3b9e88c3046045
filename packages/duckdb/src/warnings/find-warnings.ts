import type { RunWarning } from '@planscope/plan';
import type { WarningDefinition } from '@planscope/semconv';
import type { FileActivity } from '../events/activity-tally.ts';
import type { ProfiledOperator, QueryProfile } from '../profile/query-profile.ts';
import { cutShort, numberedOperators } from '../report/operator-reports.ts';
import { findMisestimates, misestimate } from './misestimates.ts';
import { queryRules } from './query-rules.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** A warning and the operator of the report it is about; none where it is about the query. */
export interface FoundWarning {
  readonly warning: RunWarning;
  readonly operatorId?: string;
}

/** What a finished query left to look at. */
export interface WarningEvidence {
  readonly profile: QueryProfile;
  /** Whose reads and writes are known, by the operator's id. */
  readonly owners: ReadonlyMap<FileActivity, string>;
}

/** Everything worth a warning in a query that came to its end. The messages hold no data and no names from the query. */
export function findWarnings({ profile, owners }: WarningEvidence, thresholds: WarningThresholds): FoundWarning[] {
  return [
    ...ofOperators(profile.operators, thresholds),
    ...[...owners].flatMap(([file, operatorId]) =>
      queryRules.flatMap(({ definition, ofFile }) => found(definition, ofFile?.(file, thresholds), operatorId)),
    ),
    ...queryRules.flatMap(({ definition, ofProfile }) => found(definition, ofProfile?.(profile, thresholds))),
  ];
}

function ofOperators(operators: readonly ProfiledOperator[], thresholds: WarningThresholds): FoundWarning[] {
  const unfinished = cutShort(operators);
  const misestimates = findMisestimates(operators, thresholds, unfinished);
  return [...numberedOperators(operators)]
    .filter(([, operator]) => !unfinished.has(operator))
    .flatMap(([id, operator]) => [
      ...found(misestimate, misestimates.get(operator), id, operator),
      ...queryRules.flatMap(({ definition, ofOperator }) =>
        found(definition, ofOperator?.(operator, thresholds), id, operator),
      ),
    ]);
}

function found(
  { code }: WarningDefinition,
  message: string | undefined,
  operatorId?: string,
  operator?: ProfiledOperator,
): FoundWarning[] {
  if (message === undefined) return [];
  const warning = { code, message, ...(operator === undefined ? {} : { operator: operator.name }) };
  return [{ warning, ...(operatorId === undefined ? {} : { operatorId }) }];
}

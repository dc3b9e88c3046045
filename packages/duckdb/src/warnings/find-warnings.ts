import type { CheckedOperator } from '@planscope/internal/checks/checked-operator';
import { cutShort } from '@planscope/internal/checks/cut-short';
import { findMisestimates } from '@planscope/internal/checks/misestimates';
import type { RunWarning } from '@planscope/plan';
import type { WarningDefinition } from '@planscope/semconv';
import type { FileActivity } from '../events/activity-tally.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { checkedOperators } from './checked-operators.ts';
import { misestimate, misestimateMessage, queryRules } from './query-rules.ts';
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
    ...ofOperators(profile, thresholds),
    ...[...owners].flatMap(([file, operatorId]) =>
      queryRules.flatMap(({ definition, ofFile }) => found(definition, ofFile?.(file, thresholds), operatorId)),
    ),
    ...queryRules.flatMap(({ definition, ofProfile }) => found(definition, ofProfile?.(profile, thresholds))),
  ];
}

function ofOperators({ operators }: QueryProfile, thresholds: WarningThresholds): FoundWarning[] {
  const checked = checkedOperators(operators);
  const unfinished = new Set([...cutShort(checked)].map(({ id }) => id));
  const limits = { factor: thresholds.misestimateFactor, rows: thresholds.misestimatedRows };
  const misestimates = findMisestimates(checked, limits, unfinished);
  return [...each(checked)]
    .filter(({ id }) => !unfinished.has(id))
    .flatMap((operator) => [
      ...found(misestimate, misestimateMessage(operator, misestimates.get(operator.id)), operator.id, operator),
      ...queryRules.flatMap(({ definition, ofOperator }) =>
        found(definition, ofOperator?.(operator, thresholds), operator.id, operator),
      ),
    ]);
}

function* each(operators: readonly CheckedOperator[]): Generator<CheckedOperator> {
  for (const operator of operators) {
    yield operator;
    yield* each(operator.children);
  }
}

function found(
  { code }: WarningDefinition,
  message: string | undefined,
  operatorId?: string,
  operator?: CheckedOperator,
): FoundWarning[] {
  if (message === undefined) return [];
  const warning = { code, message, ...(operator === undefined ? {} : { operator: operator.name }) };
  return [{ warning, ...(operatorId === undefined ? {} : { operatorId }) }];
}

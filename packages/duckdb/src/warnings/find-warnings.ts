import type { RunWarning } from '@planscope/plan';
import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator, QueryProfile } from '../profile/query-profile.ts';
import { cutShort } from '../report/cut-short.ts';
import { numberedOperators } from '../report/operator-reports.ts';
import { misestimates } from './misestimates.ts';
import { operatorRules } from './operator-rules.ts';
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
export function findWarnings(evidence: WarningEvidence, thresholds: WarningThresholds): FoundWarning[] {
  const { profile, owners } = evidence;
  return [
    ...ofOperators(profile.operators, thresholds),
    ...[...owners].flatMap(([entry, operatorId]) => withOperator(smallReads(entry, thresholds), operatorId)),
    ...withOperator(spill(profile)),
  ];
}

function ofOperators(operators: readonly ProfiledOperator[], thresholds: WarningThresholds): FoundWarning[] {
  const unfinished = cutShort(operators);
  const misjudged = misestimates(operators, thresholds, unfinished);
  return [...numberedOperators(operators)]
    .filter(([, operator]) => !unfinished.has(operator))
    .flatMap(([id, operator]) => [
      ...withOperator(misjudged.get(operator), id),
      ...operatorRules.flatMap((rule) => withOperator(rule(operator, thresholds), id)),
    ]);
}

/** A path of this machine has none; each request to another one takes a round trip. */
const REMOTE = /^(?!file:)[a-z][a-z\d+.-]+:\/\//i;

function smallReads(entry: FileActivity, thresholds: WarningThresholds): RunWarning | undefined {
  const { operation, path, requests, bytes } = entry;
  if (operation !== 'read' || !REMOTE.test(path) || requests < thresholds.smallReadRequests) return undefined;
  const mean = Number(bytes) / requests;
  if (mean > thresholds.smallReadBytes) return undefined;
  return {
    code: 'small-reads',
    message: `a remote file was read in ${requests} requests of ${Math.round(mean)} bytes on average; write it with larger row groups, or read fewer columns`,
  };
}

function spill({ peakTemporaryStorage }: QueryProfile): RunWarning | undefined {
  if (peakTemporaryStorage === 0) return undefined;
  return {
    code: 'spilled-to-disk',
    message: `DuckDB put up to ${peakTemporaryStorage} bytes on disk while the query ran, because memory did not suffice; raise memory_limit, or have it keep fewer rows at a time`,
  };
}

function withOperator(warning: RunWarning | undefined, operatorId?: string): FoundWarning[] {
  if (warning === undefined) return [];
  return [{ warning, ...(operatorId === undefined ? {} : { operatorId }) }];
}

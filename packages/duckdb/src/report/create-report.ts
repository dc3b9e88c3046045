import type { EngineReport, ExecutionStatus, MetricReport, RunWarning, TimeWindow } from '@planscope/plan';
import { METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { Ablation } from '../ablation/ablate-optimizers.ts';
import type { FileActivity, LoggedActivity } from '../events/activity-tally.ts';
import { profileMetrics } from '../profile/profile-summary.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { type FoundWarning, findWarnings } from '../warnings/find-warnings.ts';
import type { WarningThresholds } from '../warnings/warning-thresholds.ts';
import { catalogueMetrics } from './catalogue-reports.ts';
import type { ExplainedPlans } from './explain-plans.ts';
import { hasUnloggedRequests, type QueryFiles, queryActivityMetrics, withoutUnloggedReads } from './io-reports.ts';
import { limitMetrics } from './limit-metrics.ts';
import { operatorReports } from './operator-reports.ts';
import { OwnedActivity } from './owned-activity.ts';
import { planningPhases } from './planning-phases.ts';
import { reportIdentifiers } from './report-identifiers.ts';
import { requestMetrics } from './request-reports.ts';
import { rowGroupMetrics } from './row-groups.ts';

/** The name of the engine in reports and in `db.system.name`. */
export const ENGINE_NAME = 'duckdb';

/** A query as it is recorded in a trace. */
export interface QuerySource {
  /** SQL that refers to its inputs by name. */
  readonly text: string;
  /** Kind of statement in upper case. */
  readonly operation: string;
  readonly summary: string;
  readonly files: QueryFiles;
  /** The names in its text, if they are known already. */
  readonly names?: readonly string[];
}

/** Everything that is known about one execution. */
export interface QueryFindings {
  readonly version: string;
  readonly query: QuerySource;
  readonly status: ExecutionStatus;
  readonly window: TimeWindow;
  /** Rows that were fetched from DuckDB or written to the file; undefined if they are not known. */
  readonly rows: number | undefined;
  readonly profile: QueryProfile | undefined;
  /** Totals of the profile, if no other part of it is recorded. */
  readonly summary?: readonly MetricReport[] | undefined;
  /** What DuckDB's log tells of it; undefined where it is not known. */
  readonly activity: LoggedActivity | undefined;
  readonly plans?: ExplainedPlans | undefined;
  /** Names of the columns of the query's inputs. */
  readonly columns?: readonly string[] | undefined;
  readonly ablation?: Ablation | undefined;
  /** Thresholds at which a number raises a warning; undefined raises no warnings. */
  readonly thresholds: WarningThresholds | undefined;
}

/** A report, and the warnings for it. */
export interface CreatedReport {
  readonly report: EngineReport;
  readonly warnings: readonly RunWarning[];
}

/** Creates a report from the findings; unknown parts are absent from it. */
export function createReport(findings: QueryFindings): CreatedReport {
  const {
    version,
    query,
    status,
    window,
    rows,
    profile,
    summary: numbers,
    activity,
    plans,
    columns,
    ablation,
  } = findings;
  const { thresholds } = findings;
  const operators = profile?.operators ?? [];
  const io = activity === undefined ? undefined : new OwnedActivity(activity, operators, query.files);
  const owners = io?.fileOwners ?? new Map<FileActivity, string>();
  const isJudged = profile !== undefined && profile.isUnfinished !== true;
  const warnings = isJudged && thresholds !== undefined ? findWarnings({ profile, owners }, thresholds) : [];
  const { text, operation, summary } = query;
  const totals = profile === undefined ? (numbers ?? []) : withoutUnloggedReads(profileMetrics(profile), operators);
  const details = { ...io?.details(), warnings: codesByOperator(warnings) };
  const report: EngineReport = {
    version: 2,
    engine: { name: ENGINE_NAME, version },
    query: { text, operation, summary },
    identifiers: reportIdentifiers(query.names ?? text, profile?.operators ?? [], columns),
    status,
    window,
    ...(numbers === undefined ? {} : { detail: 'summary' as const }),
    ...(profile?.planning === undefined ? {} : { planning: planningPhases(profile.planning, plans, ablation) }),
    ...(profile === undefined ? {} : { operators: operatorReports(profile.operators, window, details) }),
    ...(io === undefined ? {} : { io: io.reports() }),
    metrics: [
      ...(rows === undefined ? [] : [{ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: rows } as const]),
      ...totals,
      // The totals of DuckDB 2 hold more than its log: reads of database files.
      ...(totals.some(({ source }) => source === 'profile') ? [] : queryActivityMetrics(activity?.files, operators)),
      ...(hasUnloggedRequests(operators) ? [] : requestMetrics(activity?.requests ?? [])),
      ...rowGroupMetrics(activity?.rowGroups ?? []),
      ...catalogueMetrics(activity?.catalogue ?? []),
      ...limitMetrics(activity?.limits),
    ],
  };
  return { report, warnings: warnings.map(({ warning }) => warning) };
}

function codesByOperator(warnings: readonly FoundWarning[]): Map<string, string[]> {
  const codesOf = new Map<string, string[]>();
  for (const { operatorId, warning } of warnings) {
    if (operatorId !== undefined) codesOf.set(operatorId, [...(codesOf.get(operatorId) ?? []), warning.code]);
  }
  return codesOf;
}

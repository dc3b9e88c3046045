import type { MetricSource } from '@planscope/run-model';

/**
 * How much a finding concerns, from its share: below a tenth `info`, below a half `warning`, else `critical`. A change
 * that removes a share s of the work makes the rest at most 1 / (1 - s) times as fast: 1.1 times at a tenth, 2 times at
 * a half.
 */
export type Severity = 'info' | 'warning' | 'critical';

/** What a share is a part of: the compute time, bytes or requests of a query, or the duration of a query or run. */
export type ShareOf = 'compute' | 'bytes' | 'requests' | 'duration';

/** One number that a finding is based on. */
export interface Evidence {
  /** For example `rows of the build side`. */
  readonly name: string;
  readonly value: number;
  /** UCUM unit: `{row}`, `By`, `ns`; `1` for a ratio. */
  readonly unit: string;
  /** Where the number comes from; `derived` if it was computed of others. */
  readonly source: MetricSource | 'derived' | 'measured';
}

/** Something about a run that can be improved. Its texts have numbers and names of operators, but no data of the query. */
export interface Finding {
  /** Code of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  /** What was found, with its numbers. */
  readonly explanation: string;
  /** At least one number. */
  readonly evidence: readonly Evidence[];
  /** Part of the query or run that it concerns, from 0 to 1; an upper bound of what a change can save. */
  readonly share: number;
  readonly shareOf: ShareOf;
  /** What to do. */
  readonly advice: string;
  readonly queryId?: string;
  readonly operatorId?: string;
  readonly stageId?: string;
  /** Path or URL of the file that it is about. */
  readonly file?: string;
}

/** The severity of a share from 0 to 1, see {@link Severity}. */
export function severityOf(share: number): Severity {
  return share < 0.1 ? 'info' : share < 0.5 ? 'warning' : 'critical';
}

import type { Evidence, Severity, ShareOf } from './finding.ts';
import type { RunView } from './run-view.ts';

/** A number at which a rule finds something. */
export interface Threshold {
  readonly value: number;
  /** UCUM unit; `1` for a factor or a ratio. */
  readonly unit: string;
  /** Why this value. */
  readonly reason: string;
}

/** The thresholds of a rule by name. */
export type Thresholds = Readonly<Record<string, Threshold>>;

/** The values of thresholds by name. */
export type ThresholdValues<Of extends Thresholds = Thresholds> = { readonly [Name in keyof Of]: number };

/** What a rule found once. */
export interface Match {
  readonly queryId?: string | undefined;
  readonly operatorId?: string | undefined;
  readonly stageId?: string | undefined;
  readonly file?: string | undefined;
  readonly explanation: string;
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly share: number;
  readonly shareOf: ShareOf;
  /** Default: by the share. */
  readonly severity?: Severity;
  /** Default: that of the rule. */
  readonly advice?: string;
}

/** One rule over a run. */
export interface Rule<Of extends Thresholds = Thresholds> {
  /** Stable, for programs. */
  readonly code: string;
  readonly title: string;
  /** When it finds something. */
  readonly meaning: string;
  readonly advice: string;
  readonly thresholds: Of;
  /** Codes of the warnings of a live query that this rule explains. */
  readonly warnings?: readonly string[];
  check(view: RunView, thresholds: ThresholdValues<Of>): Iterable<Match>;
}

/** A rule whose check takes the values of its own thresholds. */
export function defineRule<const Of extends Thresholds>(rule: Rule<Of>): Rule {
  return rule as unknown as Rule;
}

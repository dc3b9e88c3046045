import type { Run } from '@planscope/run-model';

/** One number that a finding rests on. */
export interface FindingEvidence {
  readonly name: string;
  readonly value: number | string;
  /** UCUM unit: `ns`, `By`, `{row}`, `1` for a ratio. */
  readonly unit?: string;
  /** Where the number comes from. */
  readonly source?: string;
}

/** What a rule found in a run. `Finding` of `@planscope/findings` has this shape. */
export interface PageFinding {
  readonly rule: string;
  /** For example `critical`, `warning` or `info`. */
  readonly severity: string;
  readonly title: string;
  readonly explanation: string;
  readonly evidence: readonly FindingEvidence[];
  /** Part of the query or run that it concerns, from 0 to 1. */
  readonly share?: number;
  /** What the share is a part of: `compute`, `bytes`, … */
  readonly shareOf?: string;
  readonly operatorId?: string;
  /** Path or URL of the file that it is about. */
  readonly file?: string;
  /** What to do. */
  readonly advice: string;
}

/** A run and what was found in it. */
export interface PageRun {
  readonly run: Run;
  readonly findings?: readonly PageFinding[];
}

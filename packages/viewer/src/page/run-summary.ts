import { printableLine } from '@planscope/internal/printable-text';
import type { Run } from '@planscope/run-model';
import type { PageRun } from '../finding.ts';
import { runTitle } from '../text/run-title.ts';
import { valueText } from '../text/value-text.ts';

/** What the list of runs shows and filters by, without the rest of the run. */
export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly status?: Run['status'];
  /** Nanoseconds. */
  readonly duration?: number;
  /** Nanoseconds since the Unix epoch as a decimal string. */
  readonly start?: string;
  readonly service?: string;
  /** `key=value` of the program's fields. */
  readonly labels: readonly string[];
  readonly findings: number;
  readonly warnings: number;
  readonly rows?: number;
  /** What a search looks in besides the name: the start of the SQL, ids and hashes, the error. */
  readonly words: string;
}

const LONGEST_TEXT = 2000;

export function summarizeRun({ run, findings = [] }: PageRun): RunSummary {
  const labels = Object.entries(run.fields).map(([key, value]) => `${printableLine(key)}=${valueText(value)}`);
  const words = [
    ...run.queries.map(({ text = '' }) => text.slice(0, LONGEST_TEXT)),
    ...Object.values(run.identity),
    run.name,
    run.service,
    run.error?.message,
    run.error?.type,
  ];
  return {
    id: run.id,
    name: runTitle(run),
    ...(run.status === undefined ? {} : { status: run.status }),
    ...(run.duration === undefined ? {} : { duration: run.duration }),
    ...(run.start === undefined ? {} : { start: run.start }),
    ...(run.service === undefined ? {} : { service: run.service }),
    labels,
    findings: findings.length,
    warnings: run.warnings.length,
    ...(run.totals.outputRows === undefined ? {} : { rows: run.totals.outputRows.value }),
    words: words
      .filter((word) => word !== undefined)
      .join(' ')
      .toLowerCase(),
  };
}

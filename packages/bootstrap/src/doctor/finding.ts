/** The report of `doctor`. */
export interface DoctorReport {
  /** True if no finding keeps spans from arriving. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** What `doctor` can find. */
export type FindingCode =
  | 'tracing-off'
  | 'no-exporters'
  | 'nothing-sampled'
  | 'sampled-in-part'
  | 'slow-queries-only'
  | 'unusual-endpoint'
  | 'unencrypted-headers'
  | 'provider-registered'
  | 'other-api'
  | 'config-file-refused'
  | 'exporter-refused'
  | 'span-not-delivered';

/** One check and its result. */
export interface Finding {
  /** `problem`: spans will not arrive; `hint`: they may not arrive as expected. */
  readonly verdict: 'ok' | 'hint' | 'problem';
  /** Absent if the check passed. */
  readonly code?: FindingCode;
  /** What was checked: a field of the configuration, an exporter, or the process. */
  readonly subject: string;
  /** What was found and what to do about it, in plain words. */
  readonly message: string;
}

export function ok(subject: string, message: string): Finding {
  return { verdict: 'ok', subject, message };
}

export function hint(code: FindingCode, subject: string, message: string): Finding {
  return { verdict: 'hint', code, subject, message };
}

export function problem(code: FindingCode, subject: string, message: string): Finding {
  return { verdict: 'problem', code, subject, message };
}

const marks: Record<Finding['verdict'], string> = { ok: 'ok     ', hint: 'hint   ', problem: 'PROBLEM' };

/** The report as lines of plain text, with problems marked and a summary in the last line. */
export function renderDoctorReport({ healthy, findings }: DoctorReport): string {
  const lines = findings.map(
    ({ verdict, subject, message, code }) => `${marks[verdict]} ${subject}: ${message}${code ? ` [${code}]` : ''}`,
  );
  const sum = healthy ? 'Spans will arrive.' : 'Spans will not arrive until the problems are solved.';
  return [...lines, sum].join('\n');
}

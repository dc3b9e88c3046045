import type { DoctorReport } from './doctor.ts';
import type { Finding } from './finding.ts';

const marks: Record<Finding['verdict'], string> = { ok: 'ok     ', hint: 'hint   ', problem: 'PROBLEM' };

/** The report as lines of plain text, problems marked, with a last line that sums it up. */
export function renderDoctorReport({ healthy, findings }: DoctorReport): string {
  const lines = findings.map(
    ({ verdict, subject, message, code }) => `${marks[verdict]} ${subject}: ${message}${code ? ` [${code}]` : ''}`,
  );
  const sum = healthy ? 'Spans will arrive.' : 'Spans will not arrive until the problems are solved.';
  return [...lines, sum].join('\n');
}

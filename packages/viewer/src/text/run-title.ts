import { printableLine } from '@planscope/internal/printable-text';
import type { Run } from '@planscope/run-model';

/**
 * A name that tells a run from others: what its queries do, since the spans of all runs have the same name, else its
 * name.
 */
export function runTitle({ name, queries }: Pick<Run, 'name' | 'queries'>): string {
  const summaries = [...new Set(queries.flatMap(({ summary }) => summary ?? []))];
  if (summaries.length === 0) return printableLine(name);
  const more = summaries.length > 2 ? ` and ${summaries.length - 2} more` : '';
  return printableLine(`${summaries.slice(0, 2).join(', ')}${more}`);
}

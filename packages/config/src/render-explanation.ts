import type { FieldExplanation } from './resolved-tracing.ts';

/** The explained fields as an aligned table of text: field, where its value came from, value. */
export function renderExplanation(fields: readonly FieldExplanation[]): string {
  const rows = fields.map(({ field, value, source, origin }) => [
    field,
    origin === undefined ? source : `${source} ${origin}`,
    value === undefined ? '(not set)' : JSON.stringify(value),
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

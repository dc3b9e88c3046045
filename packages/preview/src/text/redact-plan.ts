import { redactSql } from './redact-sql.ts';
import type { RedactTextOptions } from './text-options.ts';

/**
 * Replaces every value in a displayed plan, an expression or the description of a node with a numbered placeholder.
 * @param text One or more lines.
 * @param options Numbering scope and known names.
 */
export function redactPlan(text: string, options: RedactTextOptions = {}): string {
  return redactSql(text, options);
}

import { markMalformed } from './mark-malformed.ts';
import { markOptionValues } from './mark-option-values.ts';
import { tokenList } from './token-list.ts';

const PLAIN = /^"[\p{L}_][\p{L}\p{M}\p{N}_$]*"$/u;

/**
 * The names that a SQL text itself writes: tables, columns, aliases and functions, keywords among them. What stands in
 * literals and comments is none, and in a text whose quotes do not pair nothing is from the first quotation on.
 * @param text SQL of DuckDB or of the standard.
 */
export function sqlIdentifiers(text: string): string[] {
  const names = new Set<string>();
  for (const token of markOptionValues(markMalformed(tokenList(text), 'quotation'))) {
    if (token.kind === 'word') names.add(token.text);
    else if (token.kind === 'quoted-identifier' && PLAIN.test(token.text)) names.add(token.text.slice(1, -1));
  }
  return [...names];
}

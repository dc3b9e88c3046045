import { hideDoubtful } from './hide-doubtful.ts';
import { markOptionValues } from './mark-option-values.ts';
import { readText } from './read-text.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { vocabularyOf } from './vocabulary.ts';

const PLAIN = /^"[\p{L}_][\p{L}\p{M}\p{N}_$]*"$/u;

/** How far a text is read for its names. */
export interface SqlIdentifiersOptions {
  /** Whose SQL it is; default that of the standard. */
  readonly dialect?: SqlDialect;
  /** Bytes of the text, about, of which the names are wanted; default 0, all of it. */
  readonly maxBytes?: number;
}

/**
 * The names that a SQL text itself writes: tables, columns, aliases and functions, keywords among them. What stands in
 * literals and comments is none, and in a text whose quotes do not pair nothing is from the first quotation on.
 * @param text SQL of any dialect.
 * @param options Whose SQL it is, and how far it is read.
 */
export function sqlIdentifiers(text: string, options: SqlIdentifiersOptions = {}): string[] {
  const vocabulary = vocabularyOf(options.dialect);
  const reading = readText(text, { vocabulary, doubtStart: 'quotation', maxBytes: options.maxBytes });
  const { tokens } = hideDoubtful(reading, { vocabulary, isKnown: () => false, language: 0 });
  const names = new Set<string>();
  for (const token of markOptionValues(tokens, vocabulary)) {
    if (token.kind === 'word') names.add(token.text);
    else if (token.kind === 'quoted-identifier' && PLAIN.test(token.text)) names.add(token.text.slice(1, -1));
  }
  return [...names];
}

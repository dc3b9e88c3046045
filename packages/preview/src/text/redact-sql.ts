import { isTypeWord } from './known-words.ts';
import { markMalformed } from './mark-malformed.ts';
import { markOptionValues } from './mark-option-values.ts';
import { markTypeSizes } from './mark-type-sizes.ts';
import { knownNames, markUnknownNames } from './mark-unknown-names.ts';
import { renderTokens } from './render-tokens.ts';
import { SQL_KEYWORDS } from './sql-keywords.ts';
import type { RedactTextOptions } from './text-options.ts';
import { tokenList } from './token-list.ts';

const isKeyword = (word: string): boolean => SQL_KEYWORDS.has(word.toLowerCase()) || isTypeWord(word);

/**
 * Replaces every literal of a SQL text with a numbered placeholder and drops its comments; names, keywords, operators and
 * parameter markers stay. Time is linear in the length of the text.
 * @param text SQL of DuckDB or of the standard; broken SQL is cleaned, too.
 * @param options Numbering scope and known names.
 */
export function redactSql(text: string, options: RedactTextOptions = {}): string {
  const tokens = markTypeSizes(markOptionValues(markMalformed(tokenList(text), 'quotation')));
  const { identifiers } = options;
  const marked = identifiers ? markUnknownNames(tokens, knownNames(identifiers), isKeyword) : tokens;
  return renderTokens(marked, options);
}

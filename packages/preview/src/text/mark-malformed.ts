import { isStructureWord } from './known-words.ts';
import type { Token } from './scan-tokens.ts';
import { joined, type TokenList } from './token-list.ts';

/** Where data may begin in a text whose quotes do not pair: at the first quotation, or at the start of its line. */
export type MalformedStart = 'quotation' | 'line';

/**
 * Takes for data whatever follows the first quotation of a text whose quotes do not pair, because nobody can tell any more
 * what stood inside and what outside: one is left open, or a name sticks to one (`'it's'`).
 */
export function markMalformed(tokens: TokenList, start: MalformedStart): TokenList {
  const malformed = tokens.some((token, index) => isMalformed(tokens, token, index, start));
  if (!malformed) return tokens;
  const first = tokens.findIndex(isQuotation);
  const from = start === 'line' ? startOfLine(tokens, first) : first;
  return [...tokens.slice(0, from), joined('value', tokens.slice(from))];
}

function isMalformed(tokens: TokenList, token: Token, index: number, start: MalformedStart): boolean {
  if (token.kind === 'unterminated') return true;
  if (!isQuotation(token)) return false;
  const next = tokens[index + 1];
  if (next?.kind === 'number' || (next?.kind === 'word' && !isStructureWord(next.text))) return true;
  // Displayed expressions never let a quotation follow a name at once; SQL may: DATE'2020-01-01'.
  const previous = tokens[index - 1];
  return start === 'line' && (previous?.kind === 'word' || previous?.kind === 'number');
}

function isQuotation(token: Token): boolean {
  return token.kind === 'string' || token.kind === 'quoted-identifier' || token.kind === 'unterminated';
}

function startOfLine(tokens: TokenList, index: number): number {
  let first = index;
  while (first > 0 && !tokens[first - 1]?.text.includes('\n')) first -= 1;
  return first;
}

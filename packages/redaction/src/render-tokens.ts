import { createPlaceholders } from './placeholders.ts';
import { LONGEST_NAME, type TextReading } from './read-text.ts';
import type { TokenKind } from './scan-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';
import type { Token } from './token.ts';
import { cutText, truncateText } from './truncate-text.ts';

/** The kinds that may stand as they are; every other kind is data. */
const ALLOWED: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'space',
  'placeholder',
  'parameter',
  'position',
  'word',
  'operator',
  'punctuation',
  'label',
  'location',
]);

const PLAIN_IDENTIFIER = /^"(?:[\p{L}_][\p{L}\p{M}\p{N}_$]*|\?\d{1,6})"$/u;

/**
 * Joins the tokens of a text to one in which a numbered placeholder stands for each that is data, within its limit.
 * @param original The text as it was read.
 */
export function renderReading(reading: TextReading, original: string, options: RedactTextOptions): string {
  const { tokens, isWhole } = reading;
  const { placeholders = createPlaceholders(), maxBytes = 0 } = options;
  for (const token of tokens) if (token.kind === 'placeholder') placeholders.reserve(token.text);
  const kept = isWhole ? tokens.length : keptTokens(reading);
  const pieces: string[] = [];
  for (let index = 0; index < kept; index += 1) {
    pieces.push(renderToken(tokens[index] as Token, placeholders.replace));
  }
  const text = pieces.join('');
  return isWhole ? truncateText(text, maxBytes, original) : cutText(text, maxBytes, original);
}

/** How many tokens begin before those that were only read for them. */
function keptTokens({ tokens, lookahead }: TextReading): number {
  let kept = tokens.length;
  let length = 0;
  while (kept > 0) {
    length += tokens[kept - 1]?.text.length ?? 0;
    if (length > lookahead) break;
    kept -= 1;
  }
  return kept;
}

function renderToken({ kind, text }: Token, replace: (literal: string) => string): string {
  if (kind === 'word') return text.length > LONGEST_NAME ? replace(text) : text;
  if (kind === 'quoted-identifier') {
    if (text.length > LONGEST_NAME) return replace(text);
    return PLAIN_IDENTIFIER.test(text) ? text : `"${replace(text)}"`;
  }
  return ALLOWED.has(kind) ? text : replace(text);
}

import { createPlaceholders } from './placeholders.ts';
import type { Token, TokenKind } from './scan-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';
import type { TokenList } from './token-list.ts';

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

// Longer names are rather keys, hashes or texts than names.
const MAX_NAME = 128;

/** Joins tokens to a text in which a numbered placeholder stands for each that is data. */
export function renderTokens(tokens: TokenList, options: RedactTextOptions): string {
  const placeholders = options.placeholders ?? createPlaceholders();
  for (const token of tokens) if (token.kind === 'placeholder') placeholders.reserve(token.text);
  return tokens.map((token) => renderToken(token, placeholders.replace)).join('');
}

function renderToken(token: Token, replace: (literal: string) => string): string {
  const isName = token.kind === 'word' || token.kind === 'quoted-identifier';
  if (isName && token.text.length > MAX_NAME) return replace(token.text);
  if (token.kind === 'quoted-identifier') {
    return PLAIN_IDENTIFIER.test(token.text) ? token.text : `"${replace(token.text)}"`;
  }
  return ALLOWED.has(token.kind) ? token.text : replace(token.text);
}

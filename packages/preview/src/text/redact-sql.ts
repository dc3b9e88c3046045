import { createPlaceholders } from './placeholders.ts';
import { scanTokens, type Token } from './scan-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';

const PLAIN_IDENTIFIER = /^"(?:[\p{L}_][\p{L}\p{N}_$]*|\?\d{1,6})"$/u;

/**
 * Replaces every literal of a SQL text with a numbered placeholder and drops its comments; names, keywords, operators and
 * parameter markers stay.
 * @param text SQL of DuckDB or of the standard; broken SQL is cleaned, too.
 * @param options Numbering scope and known names.
 */
export function redactSql(text: string, options: RedactTextOptions = {}): string {
  const placeholders = options.placeholders ?? createPlaceholders();
  const tokens = scanTokens(text);
  for (const token of tokens) if (token.kind === 'placeholder') placeholders.reserve(token.text);
  return tokens.map((token) => redactToken(token, placeholders.replace)).join('');
}

function redactToken(token: Token, replace: (literal: string) => string): string {
  switch (token.kind) {
    case 'comment':
      return ' ';
    case 'string':
    case 'unterminated':
    case 'number':
    case 'unknown':
      return replace(token.text);
    case 'quoted-identifier':
      return PLAIN_IDENTIFIER.test(token.text) ? token.text : `"${replace(token.text)}"`;
    default:
      return token.text;
  }
}

import * as plain from './plain-scanners.ts';
import * as quoted from './quoted-scanners.ts';

/** What a token is. Every kind that may carry a value of the user's is redacted; the rest is passed by name. */
export type TokenKind =
  | 'space'
  | 'comment'
  | 'string'
  | 'quoted-identifier'
  | 'unterminated'
  | 'number'
  | 'placeholder'
  | 'parameter'
  | 'position'
  | 'word'
  | 'operator'
  | 'punctuation'
  | 'unknown';

/** One piece of a text; all pieces joined are the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const scanUnknown: quoted.Scanner = (_text, start) => start + 1;

// The order decides: a prefix of a string must not be read as a word, nor a comment as an operator.
const SCANNERS: readonly (readonly [TokenKind, quoted.Scanner])[] = [
  ['space', plain.scanSpace],
  ['comment', plain.scanComment],
  ['string', quoted.scanString],
  ['string', quoted.scanDollarString],
  ['quoted-identifier', quoted.scanQuotedIdentifier],
  ['unterminated', quoted.scanUnterminated],
  ['number', plain.scanNumber],
  ['placeholder', plain.scanPlaceholder],
  ['parameter', plain.scanParameter],
  ['position', plain.scanPosition],
  ['word', plain.scanWord],
  ['operator', plain.scanOperator],
  ['punctuation', plain.scanPunctuation],
  ['unknown', scanUnknown],
];

/**
 * Splits SQL or the text of an expression into tokens, in time linear in its length.
 * @param text Any text; nothing is ever refused.
 */
export function scanTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const token = nextToken(text, position);
    tokens.push(token);
    position += token.text.length;
  }
  return tokens;
}

function nextToken(text: string, start: number): Token {
  for (const [kind, scan] of SCANNERS) {
    const end = scan(text, start);
    if (end > start) return { kind, text: text.slice(start, end) };
  }
  throw new Error('[planscope/preview] the last scanner takes any character');
}

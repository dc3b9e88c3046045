import { isWordStart } from './character.ts';
import * as plain from './plain-scanners.ts';
import * as quoted from './quoted-scanners.ts';

/**
 * What a token is. The scanner knows the kinds up to `unknown`; passes over the tokens turn some of them into `value` (data,
 * although its syntax does not say so), `label` (a caption of a displayed plan) or `location` (a cleaned URL).
 */
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
  | 'url'
  | 'unknown'
  | 'value'
  | 'label'
  | 'location';

/** One piece of a text; all pieces joined are the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const scanUnknown: quoted.Scanner = (_text, start) => start + 1;

type Scanners = readonly (readonly [TokenKind, quoted.Scanner])[];

// The order decides: a prefix of a string must not be read as a word, nor a comment as an operator.
const WORD_SCANNERS: Scanners = [
  ['string', quoted.scanString],
  ['unterminated', quoted.scanUnterminated],
  ['url', plain.scanUrl],
  ['word', plain.scanWord],
];

const OTHER_SCANNERS: Scanners = [
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
  const scanners = isWordStart(text.charCodeAt(start)) ? WORD_SCANNERS : OTHER_SCANNERS;
  for (const [kind, scan] of scanners) {
    const end = scan(text, start);
    if (end > start) return { kind, text: text.slice(start, end) };
  }
  throw new Error('[planscope/preview] the last scanner takes any character');
}

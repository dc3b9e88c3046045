import { isBox, isDigit, isOperatorPart, isSpace, isTypographicQuote, isWordStart } from './character.ts';
import * as plain from './token-scanners.ts';
import * as quoted from './token-scanners.ts';

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

interface KindScanner {
  readonly kind: TokenKind;
  readonly scan: quoted.Scanner;
  /** Whether a token of the kind may begin with a character; skips scanners that cannot match. */
  readonly begins: (code: number) => boolean;
}

const oneOf = (characters: string) => (code: number) => characters.includes(String.fromCharCode(code));

const COLON = 58;
const QUOTES = `'xXbBnNeEuU`;

// The order decides: a prefix of a string must not be read as a word, nor a comment as an operator.
const SCANNERS: readonly KindScanner[] = [
  { kind: 'space', scan: plain.scanSpace, begins: isSpace },
  { kind: 'comment', scan: plain.scanComment, begins: oneOf('-/') },
  { kind: 'string', scan: quoted.scanString, begins: oneOf(QUOTES) },
  { kind: 'string', scan: quoted.scanDollarString, begins: oneOf('$') },
  { kind: 'string', scan: quoted.scanTypographic, begins: isTypographicQuote },
  { kind: 'quoted-identifier', scan: quoted.scanQuotedIdentifier, begins: oneOf('"') },
  { kind: 'unterminated', scan: quoted.scanUnterminated, begins: oneOf(`${QUOTES}"$`) },
  { kind: 'url', scan: plain.scanUrl, begins: isWordStart },
  { kind: 'word', scan: plain.scanWord, begins: isWordStart },
  { kind: 'number', scan: plain.scanNumber, begins: (code) => isDigit(code) || code === 46 },
  { kind: 'placeholder', scan: plain.scanPlaceholder, begins: oneOf('?') },
  { kind: 'parameter', scan: plain.scanParameter, begins: oneOf('?$') },
  { kind: 'position', scan: plain.scanPosition, begins: oneOf('#') },
  { kind: 'operator', scan: plain.scanOperator, begins: isOperatorPart },
  { kind: 'punctuation', scan: plain.scanPunctuation, begins: (code) => oneOf(plain.PUNCTUATION)(code) || isBox(code) },
  { kind: 'unknown', scan: (_text, start) => start + 1, begins: () => true },
];

const scannersOf = (code: number): readonly KindScanner[] => SCANNERS.filter(({ begins }) => begins(code));

const ASCII_SCANNERS = Array.from({ length: 128 }, (_, code) => scannersOf(code));
const WIDE_SPACE_SCANNERS = scannersOf(0xa0);
const WIDE_WORD_SCANNERS = scannersOf(0xe9);
const BOX_SCANNERS = scannersOf(0x2500);
const TYPOGRAPHIC_SCANNERS = scannersOf(0x2018);

/** The only kind that can begin with each ASCII character; a word may still turn out to be a URL. */
const SOLE_KINDS = ASCII_SCANNERS.map((scanners): TokenKind | undefined => {
  const kinds = scanners.map(({ kind }) => kind).join();
  if (kinds === 'space,unknown') return 'space';
  if (kinds === 'url,word,unknown') return 'word';
  // A colon may be the first of two.
  return kinds === 'punctuation,unknown' && scanners !== ASCII_SCANNERS[COLON] ? 'punctuation' : undefined;
});

/**
 * Scans SQL or the text of an expression token by token, in time linear in its length. It only records
 * the position and kind of each token.
 */
export class TokenCursor {
  readonly text: string;
  kind: TokenKind = 'space';
  start = 0;
  end = 0;

  /** @param text Any text; nothing is ever refused. */
  constructor(text: string) {
    this.text = text;
  }

  /** Advances to the next token; false when there is none. */
  next(): boolean {
    const { text, end: start } = this;
    if (start >= text.length) return false;
    const code = text.charCodeAt(start);
    this.start = start;
    this.end = start;
    const sole = code < 128 ? SOLE_KINDS[code] : isWordStart(code) ? 'word' : undefined;
    if (sole !== undefined) this.#moveBySole(sole);
    if (this.end === start) this.#moveByScanners(scannersAt(code));
    return true;
  }

  /** Advances without trying every scanner, unless a word continues like a URL. */
  #moveBySole(kind: TokenKind): void {
    const { text, start } = this;
    this.kind = kind;
    if (kind === 'punctuation') this.end = start + 1;
    else if (kind === 'space') this.end = plain.scanSpace(text, start);
    else {
      const end = plain.scanWord(text, start);
      if (!plain.mayContinueScheme(text.charCodeAt(end))) this.end = end;
    }
  }

  #moveByScanners(scanners: readonly KindScanner[]): void {
    const { text, start } = this;
    for (let index = 0; index < scanners.length && this.end === start; index += 1) {
      const { kind, scan } = scanners[index] as KindScanner;
      this.kind = kind;
      this.end = scan(text, start);
    }
  }
}

function scannersAt(code: number): readonly KindScanner[] {
  if (code < 128) return ASCII_SCANNERS[code] as readonly KindScanner[];
  if (isWordStart(code)) return WIDE_WORD_SCANNERS;
  if (isTypographicQuote(code)) return TYPOGRAPHIC_SCANNERS;
  return isBox(code) ? BOX_SCANNERS : WIDE_SPACE_SCANNERS;
}

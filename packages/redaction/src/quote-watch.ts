import { isSpace, isTypographicQuote } from './character.ts';
import type { TokenCursor, TokenKind } from './scan-tokens.ts';
import { isStructureWord } from './vocabulary.ts';

/** Where data may begin in a text with unbalanced quotes: at the first quotation, or at the start of its line. */
export type DoubtStart = 'quotation' | 'line';

/** Tells whether a token of a kind is quoted, or should be. */
function isQuotation(kind: TokenKind): boolean {
  return kind === 'string' || kind === 'quoted-identifier' || kind === 'unterminated';
}

/**
 * Watches token by token whether the quotes of a text pair. They do not when one is left open or a name sticks to one
 * (`'it's'`): then, from the first quotation on, quoted and unquoted text cannot be told apart.
 */
export class QuoteWatch {
  readonly #isByLine: boolean;
  #before: TokenKind = 'space';
  #hasQuotation = false;
  /** Index, as passed to `see`, of the first token that may be data if the quotes are unbalanced; infinite if none is. */
  doubtful: number;
  isBroken = false;

  constructor(start: DoubtStart) {
    this.#isByLine = start === 'line';
    // A quotation that is still to come puts its whole line in doubt.
    this.doubtful = this.#isByLine ? 0 : Number.POSITIVE_INFINITY;
  }

  /**
   * Reads the token at the cursor.
   * @param next The position of the token behind it.
   * @param isUnfinished Whether the text is cut there, so that a quotation may be closed behind the cut.
   */
  see(cursor: TokenCursor, next: number, isUnfinished: boolean): void {
    const { kind } = cursor;
    const before = this.#before;
    this.#before = kind;
    if (kind === 'punctuation' || kind === 'operator') return;
    if (kind === 'space') {
      if (this.#isByLine && !this.#hasQuotation && breaksLine(cursor)) this.doubtful = next;
    } else if (kind === 'word' || kind === 'number') {
      if (isQuotation(before) && !mayFollowQuotation(cursor)) this.isBroken = true;
    } else if (isQuotation(kind)) {
      if (!this.#hasQuotation && !this.#isByLine) this.doubtful = next - 1;
      this.#hasQuotation = true;
      if (kind === 'unterminated' && !isUnfinished) this.isBroken = true;
      // DuckDB reads a typographic quote as a part of a name, so the text behind it may be neither a prefix nor a tag.
      if (meetsQuotation(cursor)) this.isBroken = true;
      // Behind quotes that it misreads, DuckDB takes a Unicode space for a part of a name, and `$$` or `e` with it.
      if (followsWideSpace(cursor)) this.isBroken = true;
      // Whether `1e'…'` is a number or has the prefix of a string is not certain, and with it where the string ends.
      if (before === 'number') this.isBroken = true;
      // Displayed expressions never let a quotation follow a name at once; SQL may: DATE'2020-01-01'.
      if (this.#isByLine && before === 'word') this.isBroken = true;
    }
  }

  /** Whether later text can change the meaning of any of the first `count` tokens. */
  isUndecided(count: number): boolean {
    return !this.isBroken && this.doubtful < count;
  }
}

/** Whether a typographic quotation ends because one of SQL begins. */
function meetsQuotation({ text, start, end }: TokenCursor): boolean {
  return isTypographicQuote(text.charCodeAt(start)) && /['"$]|[eu]&?'/iy.test(text.slice(end, end + 3));
}

function followsWideSpace({ text, start }: TokenCursor): boolean {
  const before = text.charCodeAt(start - 1);
  return before > 127 && isSpace(before);
}

function breaksLine({ text, start, end }: TokenCursor): boolean {
  for (let position = start; position < end; position += 1) if (text.charCodeAt(position) === 10) return true;
  return false;
}

function mayFollowQuotation({ kind, text, start, end }: TokenCursor): boolean {
  return kind === 'word' && isStructureWord(text.slice(start, end));
}

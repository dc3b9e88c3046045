import { isBox } from './character.ts';
import { type DoubtStart, QuoteWatch } from './quote-watch.ts';
import { TokenCursor } from './scan-tokens.ts';
import { hasTrait, plainToken, SPACE, type Token, type TokenList, TRAIT } from './token.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * How much of a text is read under a limit: a number of characters, and a number of tokens after the kept ones. Those are
 * dropped, but tell whether the quotes of the text are balanced.
 */
const CHARACTERS_LOOKED_AT = 262_144;
const TOKENS_LOOKED_AT = 32_768;

/** Tokens read after the kept part, because later tokens can change the kind of a token. */
const LOOKAHEAD = 32;

/** A longer word is not a name but a key, a hash or a text. */
export const LONGEST_NAME = 128;

/** How a text is read. */
export interface ReadOptions {
  readonly vocabulary: Vocabulary;
  readonly doubtStart: DoubtStart;
  /** Bytes of the cleaned text that are kept; default 0, all of them. */
  readonly maxBytes?: number | undefined;
  /** Whether placeholders may replace names: then more of the text fits into the same bytes. */
  readonly replacesNames?: boolean;
  /** Whether quotes count as spaces, because line breaks have split quotations. */
  readonly ignoresQuotes?: boolean;
}

/** The part of a text that is kept, token by token. */
export interface TextReading {
  readonly tokens: TokenList;
  /** Characters of the last tokens, which are read only to classify those before them. */
  readonly lookahead: number;
  /** Whether these are all tokens of the text. */
  readonly isWhole: boolean;
  /** Whether the quotes of the text are balanced; `unknown` if it is too long to tell. */
  readonly quotes: 'paired' | 'broken' | 'unknown';
  /** The first token that may be data if the quotes are unbalanced. */
  readonly doubtful: number;
  /** The text that was read after the tokens. */
  readonly rest: string;
}

/**
 * Reads a text as far as it is kept. Time depends on what is kept, not on the length of the text.
 * @param text Any text.
 * @param options What is kept, and where data may begin.
 */
export function readText(text: string, options: ReadOptions): TextReading {
  const { vocabulary, doubtStart, maxBytes = 0, replacesNames = false, ignoresQuotes = false } = options;
  const enough = maxBytes > 0 ? maxBytes : Number.POSITIVE_INFINITY;
  const head = headLookedAt(text, maxBytes);
  const isCut = head.length < text.length;
  const seen = ignoresQuotes ? head.replace(/['"$]/g, ' ') : head;
  const cursor = new TokenCursor(seen);
  const cutEnd = isCut ? seen.length : Number.POSITIVE_INFINITY;
  const quotes = new QuoteWatch(doubtStart);
  const tokens: Token[] = [];
  let budget = enough + TOKENS_LOOKED_AT;
  let written = 0;
  let kept = Number.POSITIVE_INFINITY;
  for (; tokens.length < kept + LOOKAHEAD && budget > 0 && cursor.next(); budget -= 1) {
    const isUnfinished = cursor.end === cutEnd;
    const token = tokenAt(cursor, vocabulary, isUnfinished);
    if (append(tokens, token)) written += writtenLength(token, replacesNames);
    quotes.see(cursor, tokens.length, isUnfinished);
    if (written >= enough && kept > tokens.length) kept = tokens.length;
  }
  const isWhole = !isCut && cursor.end === seen.length;
  // If the text is nearly all comments, the last tokens are undecided.
  if (!isWhole && budget === 0) kept = Math.max(tokens.length - LOOKAHEAD, 0);
  const rest = seen.slice(cursor.end);
  // A longer text is never read to its end, so its quotes stay unknown.
  for (; !isCut && quotes.isUndecided(tokens.length) && budget > 0 && cursor.next(); budget -= 1) {
    quotes.see(cursor, tokens.length + 1, false);
  }
  const isUnknown = quotes.isUndecided(tokens.length) && (isCut || cursor.end < seen.length);
  return {
    tokens,
    lookahead: tokens.slice(kept).reduce((length, token) => length + token.text.length, 0),
    isWhole,
    quotes: quotes.isBroken ? 'broken' : isUnknown ? 'unknown' : 'paired',
    doubtful: quotes.doubtful,
    rest,
  };
}

/** The part of a text that is read under a limit. */
export function headLookedAt(text: string, maxBytes = 0): string {
  return maxBytes > 0 ? text.slice(0, Math.max(CHARACTERS_LOOKED_AT, maxBytes)) : text;
}

/** Makes the token at the cursor; a token that the cut splits counts as data. */
function tokenAt({ kind, text, start, end }: TokenCursor, vocabulary: Vocabulary, isUnfinished: boolean): Token {
  if (kind === 'comment') return SPACE;
  const piece = text.slice(start, end);
  return isUnfinished && kind !== 'space' ? plainToken('value', piece) : vocabulary.token(kind, piece);
}

/** Adds a token, unless it is a second space: of those around a comment, the one that ends the line stays. */
function append(tokens: Token[], token: Token): boolean {
  const last = tokens.at(-1);
  if (token.kind !== 'space' || last?.kind !== 'space') return tokens.push(token) > 0;
  if (hasTrait(token, TRAIT.breaksLine) && !hasTrait(last, TRAIT.breaksLine)) tokens[tokens.length - 1] = token;
  return false;
}

/** Fewest bytes that a token takes in the result. */
function writtenLength({ kind, text }: Token, replacesNames: boolean): number {
  switch (kind) {
    case 'word':
      return replacesNames || text.length > LONGEST_NAME ? Math.min(text.length, PLACEHOLDER_LENGTH) : text.length;
    case 'space':
    case 'operator':
    case 'parameter':
      return text.length;
    case 'punctuation':
      return isBox(text.charCodeAt(0)) ? text.length * BOX_LENGTH : text.length;
    case 'number':
      // It may be the size of a type, which is kept.
      return 1;
    default:
      return PLACEHOLDER_LENGTH;
  }
}

const PLACEHOLDER_LENGTH = 2;
const BOX_LENGTH = 3;

import type { TokenKind } from './scan-tokens.ts';

/** One piece of a text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** The text in lower case if the language or a plan knows the word; else empty. */
  readonly word: string;
  /** Traits that the passes test often, as bits of {@link TRAIT}. */
  readonly traits: number;
}

/** Traits that follow from a token's text alone. */
export const TRAIT = {
  /** A word that structures an expression; not `And` in a title. */
  structure: 1,
  /** A word that may stay where a literal is expected without carrying data. */
  valueWord: 2,
  /** A type of SQL, in any case. */
  type: 4,
  /** A type of SQL in capitals, as plans write it, because some types are everyday words. */
  capitalType: 8,
  /** A keyword of SQL, in any case. */
  keyword: 16,
  /** The first word of a caption of displayed plans. */
  beginsCaption: 32,
  opens: 64,
  closes: 128,
  /** An operator that compares two operands. */
  compares: 256,
  breaksLine: 512,
} as const;

/** Tells whether a token has one of some traits. */
export function hasTrait(token: Token | undefined, traits: number): boolean {
  return token !== undefined && (token.traits & traits) !== 0;
}

/** Makes a token that does not count as a word of the language, whatever its text. */
export function plainToken(kind: TokenKind, text: string): Token {
  const compares = kind === 'operator' && /[=<>~]/.test(text) && !/^(?:=>|-+>+|<-+)$/.test(text);
  const traits = (compares ? TRAIT.compares : 0) | (text.includes('\n') ? TRAIT.breaksLine : 0);
  return { kind, text, word: '', traits };
}

/** Merges adjacent tokens into one of a given kind. */
export function joined(kind: TokenKind, tokens: readonly Token[], start: number, end: number): Token {
  let text = '';
  let traits = 0;
  for (let index = start; index < end; index += 1) {
    const token = tokens[index] as Token;
    text += token.text;
    traits |= token.traits;
  }
  return { kind, text, word: '', traits: traits & TRAIT.breaksLine };
}

/** The same token with another kind. */
export function retyped(kind: TokenKind, token: Token): Token {
  return { kind, text: token.text, word: '', traits: token.traits & TRAIT.breaksLine };
}

/** Tells whether a token is a given piece of punctuation or an operator. */
export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token !== undefined && token.text === symbol && (token.kind === 'punctuation' || token.kind === 'operator');
}

/** Tells whether a token is one of some words, given in lower case. */
export function isWord(token: Token | undefined, words: ReadonlySet<string>): boolean {
  return token !== undefined && token.word !== '' && token.kind === 'word' && words.has(token.word);
}

/** A space; also replaces a comment. */
export const SPACE: Token = plainToken('space', ' ');

/** Tokens without comments and with at most one space between two others, so that a neighbour is at most one step away. */
export type TokenList = readonly Token[];

/** The position of the first token from `index` on that is not a space; the length of the list if there is none. */
export function solidFrom(tokens: TokenList, index: number): number {
  return tokens[index]?.kind === 'space' ? index + 1 : index;
}

/** The position of the last token before `index` that is not a space; -1 if there is none. */
export function solidBefore(tokens: TokenList, index: number): number {
  return tokens[index - 1]?.kind === 'space' ? index - 2 : index - 1;
}

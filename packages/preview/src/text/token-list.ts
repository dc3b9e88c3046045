import { scanTokens, type Token, type TokenKind } from './scan-tokens.ts';

/** Tokens without comments, in which at most one space stands between two others, so that a neighbour is a step away. */
export type TokenList = readonly Token[];

/** Scans a text and takes its comments out. */
export function tokenList(text: string): TokenList {
  const tokens: Token[] = [];
  for (const token of scanTokens(text)) {
    const blank = token.kind === 'comment' || token.kind === 'space';
    const last = tokens.at(-1);
    if (!blank || last?.kind !== 'space') tokens.push(token.kind === 'comment' ? SPACE : token);
    // Of two spaces around a comment, the one that ends the line stays.
    else if (token.text.includes('\n') && !last.text.includes('\n')) tokens[tokens.length - 1] = token;
  }
  return tokens;
}

/** The position of the next token that is no space, from `index` on; the length of the list when there is none. */
export function solidFrom(tokens: TokenList, index: number): number {
  return tokens[index]?.kind === 'space' ? index + 1 : index;
}

/** The position of the token that is no space before `index`; -1 when there is none. */
export function solidBefore(tokens: TokenList, index: number): number {
  return tokens[index - 1]?.kind === 'space' ? index - 2 : index - 1;
}

/** Some tokens as one of a given kind. */
export function joined(kind: TokenKind, tokens: TokenList): Token {
  return { kind, text: tokens.map((token) => token.text).join('') };
}

/** Tells whether a token is a given piece of punctuation or an operator. */
export function isSymbol(token: Token | undefined, ...symbols: readonly string[]): boolean {
  return (token?.kind === 'punctuation' || token?.kind === 'operator') && symbols.includes(token.text);
}

/** Tells whether a token is one of some words, given in lower case. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toLowerCase());
}

const SPACE: Token = { kind: 'space', text: ' ' };

import type { Token } from './token.ts';

/** Tokens without comments, in which at most one space stands between two others, so that a neighbour is a step away. */
export type TokenList = readonly Token[];

/** The position of the next token that is no space, from `index` on; the length of the list when there is none. */
export function solidFrom(tokens: TokenList, index: number): number {
  return tokens[index]?.kind === 'space' ? index + 1 : index;
}

/** The position of the token that is no space before `index`; -1 when there is none. */
export function solidBefore(tokens: TokenList, index: number): number {
  return tokens[index - 1]?.kind === 'space' ? index - 2 : index - 1;
}

import { isSymbol, isWord, retyped, type Token } from './token.ts';
import { solidBefore, type TokenList } from './token-list.ts';

const BOOLEANS: ReadonlySet<string> = new Set(['true', 'false']);

/** Makes `true` and `false` values, like any other literal; a part of a qualified name is kept. */
export function markBooleans(tokens: TokenList): TokenList {
  return tokens.map((token: Token, index) =>
    isWord(token, BOOLEANS) && !isSymbol(tokens[solidBefore(tokens, index)], '.') ? retyped('value', token) : token,
  );
}

import type { Token } from './scan-tokens.ts';
import { isSymbol, isWord, solidBefore, type TokenList } from './token-list.ts';

/** Lets the width and scale of a decimal type stand where a cast names it: they belong to the type, not to the data. */
export function markTypeSizes(tokens: TokenList): TokenList {
  const marked: Token[] = [...tokens];
  tokens.forEach((token, index) => {
    if (!isWord(token, 'decimal', 'numeric') || !isSymbol(tokens[index + 1], '(')) return;
    const before = tokens[solidBefore(tokens, index)];
    if (!isWord(before, 'as') && !isSymbol(before, '::')) return;
    for (const position of [index + 2, index + 4]) {
      const size = tokens[position];
      const isSize = size?.kind === 'number' && /^\d{1,2}$/.test(size.text) && isSymbol(tokens[position + 1], ',', ')');
      if (!isSize) return;
      marked[position] = { kind: 'label', text: size.text };
      if (isSymbol(tokens[position + 1], ')')) return;
    }
  });
  return marked;
}

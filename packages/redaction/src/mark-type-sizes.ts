import { isSymbol, isWord, retyped, type Token } from './token.ts';
import { solidBefore, type TokenList } from './token-list.ts';

const SIZED: ReadonlySet<string> = new Set(['decimal', 'numeric']);
const AS: ReadonlySet<string> = new Set(['as']);

/** Lets the width and scale of a decimal type stand where a cast names it: they belong to the type, not to the data. */
export function markTypeSizes(tokens: TokenList): TokenList {
  if (!tokens.some((token) => isWord(token, SIZED))) return tokens;
  const marked: Token[] = [...tokens];
  tokens.forEach((token, index) => {
    if (!isWord(token, SIZED) || !isSymbol(tokens[index + 1], '(')) return;
    const before = tokens[solidBefore(tokens, index)];
    if (!isWord(before, AS) && !isSymbol(before, '::')) return;
    for (const position of [index + 2, index + 4]) {
      const size = tokens[position];
      const isLast = isSymbol(tokens[position + 1], ')');
      if (size?.kind !== 'number' || !/^\d{1,2}$/.test(size.text)) return;
      if (!isLast && !isSymbol(tokens[position + 1], ',')) return;
      marked[position] = retyped('label', size);
      if (isLast) return;
    }
  });
  return marked;
}

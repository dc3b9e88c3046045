import { isOperatorName, isStructureWord, isTypeWord } from './known-words.ts';
import type { KnownName } from './mark-unknown-names.ts';
import type { Token, TokenKind } from './scan-tokens.ts';
import { isSymbol, isWord, solidBefore, type TokenList } from './token-list.ts';

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'string',
  'quoted-identifier',
  'number',
  'placeholder',
  'parameter',
  'position',
  'value',
  'url',
  'unknown',
]);

/**
 * Takes for data the names that stand side by side with nothing between them: no expression lets them, but aliases and
 * automatic or pivoted column names, displayed without quotes, do (`na me1`, `2020 total`).
 */
export function markAdjacentNames(tokens: TokenList, isKnown: KnownName): TokenList {
  const isName = tokens.map((token, index) => token.kind === 'word' && !stands(tokens, index, isKnown));
  return tokens.map((token, index) => {
    if (!isName[index]) return token;
    const left = neighbour(tokens, index, -1);
    const right = neighbour(tokens, index, 1);
    const beside = isName[left] || isOperand(tokens[left]) || isName[right];
    return beside ? { kind: 'value', text: token.text } : token;
  });
}

function stands(tokens: TokenList, index: number, isKnown: KnownName): boolean {
  const word = tokens[index]?.text ?? '';
  if (isStructureWord(word) || isOperatorName(word) || isKnown(word)) return true;
  const before = tokens[solidBefore(tokens, index)];
  return isTypeWord(word) && (word === word.toUpperCase() || isSymbol(before, '::') || isWord(before, 'as'));
}

function isOperand(token: Token | undefined): boolean {
  return token !== undefined && (OPERANDS.has(token.kind) || isSymbol(token, ')', ']'));
}

/** The position of the token beside `index` on the same line. */
function neighbour(tokens: TokenList, index: number, step: -1 | 1): number {
  const next = tokens[index + step];
  return next?.kind === 'space' && !next.text.includes('\n') ? index + step * 2 : index + step;
}

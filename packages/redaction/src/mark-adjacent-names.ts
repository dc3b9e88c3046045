import type { KnownName } from './mark-unknown-names.ts';
import type { TokenKind } from './scan-tokens.ts';
import { hasTrait, isSymbol, isWord, retyped, type Token, TRAIT } from './token.ts';
import { solidBefore, type TokenList } from './token-list.ts';

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

const AS: ReadonlySet<string> = new Set(['as']);

/**
 * Takes for data the names that stand side by side with nothing between them: no expression lets them, but aliases and
 * automatic or pivoted column names, displayed without quotes, do (`na me1`, `2020 total`).
 */
export function markAdjacentNames(tokens: TokenList, isKnown: KnownName): TokenList {
  const isName = tokens.map((token, index) => token.kind === 'word' && !stands(tokens, index, isKnown));
  return tokens.map((token, index) => {
    if (!isName[index]) return token;
    const left = neighbour(tokens, index, -1);
    const beside = isName[left] || isOperand(tokens[left]) || isName[neighbour(tokens, index, 1)];
    return beside ? retyped('value', token) : token;
  });
}

function stands(tokens: TokenList, index: number, isKnown: KnownName): boolean {
  const token = tokens[index] as Token;
  if (hasTrait(token, TRAIT.structure | TRAIT.capitalType) || isKnown(token.text)) return true;
  if (!hasTrait(token, TRAIT.type)) return false;
  const before = tokens[solidBefore(tokens, index)];
  return isSymbol(before, '::') || isWord(before, AS);
}

function isOperand(token: Token | undefined): boolean {
  return token !== undefined && (OPERANDS.has(token.kind) || isSymbol(token, ')') || isSymbol(token, ']'));
}

/** The position of the token beside `index` on the same line. */
function neighbour(tokens: TokenList, index: number, step: -1 | 1): number {
  const next = tokens[index + step];
  return next?.kind === 'space' && !hasTrait(next, TRAIT.breaksLine) ? index + step * 2 : index + step;
}

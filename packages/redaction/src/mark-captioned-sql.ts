import { hasTrait, isSymbol, retyped, type Token, TRAIT } from './token.ts';
import { solidFrom, type TokenList } from './token-list.ts';

/**
 * Lets the names of SQL stand that a node of our kind shows behind its caption, up to the end of the line: they are the
 * author's, aliases next to their tables included. Its literals stay what they are.
 */
export function markCaptionedSql(tokens: TokenList): TokenList {
  if (!tokens.some(isCaption)) return tokens;
  let inSql = false;
  return tokens.map((token, index) => {
    if (isCaption(token) && isAssigned(tokens, index)) inSql = true;
    else if (hasTrait(token, TRAIT.breaksLine)) inSql = false;
    return inSql && token.kind === 'word' ? retyped('label', token) : token;
  });
}

function isCaption(token: Token): boolean {
  return token.kind === 'label' && token.text === 'sql';
}

function isAssigned(tokens: TokenList, caption: number): boolean {
  const symbol = tokens[solidFrom(tokens, caption + 1)];
  return isSymbol(symbol, '=') || isSymbol(symbol, ':');
}

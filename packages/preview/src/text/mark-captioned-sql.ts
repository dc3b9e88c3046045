import { isSymbol, solidFrom, type TokenList } from './token-list.ts';

/**
 * Lets the names of SQL stand that a node of our kind shows behind its caption, up to the end of the line: they are the
 * author's, aliases next to their tables included. Its literals stay what they are.
 */
export function markCaptionedSql(tokens: TokenList): TokenList {
  let inSql = false;
  return tokens.map((token, index) => {
    if (token.kind === 'label' && token.text === 'sql' && isSymbol(tokens[solidFrom(tokens, index + 1)], '=', ':'))
      inSql = true;
    else if (token.text.includes('\n')) inSql = false;
    return inSql && token.kind === 'word' ? { kind: 'label', text: token.text } : token;
  });
}

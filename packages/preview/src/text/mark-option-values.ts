import type { Token } from './scan-tokens.ts';
import { isSymbol, isWord, joined, solidBefore, solidFrom, type TokenList } from './token-list.ts';

/**
 * Takes for data what settings and secrets are given without quotes: `SET s3_secret_access_key = AKIA…`,
 * `CREATE SECRET (TYPE s3, SECRET abc)`, `ATTACH … (PASSWORD abc)`.
 */
export function markOptionValues(tokens: TokenList): TokenList {
  const marked: Token[] = [];
  let start = 0;
  for (let end = 1; end <= tokens.length; end += 1) {
    if (end < tokens.length && !isSymbol(tokens[end - 1], ';')) continue;
    for (const token of markStatement(tokens.slice(start, end))) marked.push(token);
    start = end;
  }
  return marked;
}

function markStatement(statement: TokenList): TokenList {
  const first = statement[solidFrom(statement, 0)];
  if (isWord(first, 'set', 'pragma')) return markAssignedValue(statement);
  if (isWord(first, 'attach') || (isWord(first, 'create') && createsSecret(statement)))
    return markListedValues(statement);
  return statement;
}

function createsSecret(statement: TokenList): boolean {
  const open = statement.findIndex((token) => isSymbol(token, '('));
  return statement.slice(0, Math.max(open, 0)).some((token) => isWord(token, 'secret'));
}

/** All that follows `=` or `TO`, unless it is an expression in parentheses. */
function markAssignedValue(statement: TokenList): TokenList {
  const assignment = statement.findIndex((token) => isSymbol(token, '=') || isWord(token, 'to'));
  const start = solidFrom(statement, assignment + 1);
  if (assignment < 0 || statement[start]?.kind !== 'word') return statement;
  const end = isSymbol(statement.at(-1), ';') ? statement.length - 1 : statement.length;
  return [...statement.slice(0, start), joined('value', statement.slice(start, end)), ...statement.slice(end)];
}

/** In parentheses, every word but the first after an opening or a comma. */
function markListedValues(statement: TokenList): TokenList {
  const open = statement.findIndex((token) => isSymbol(token, '('));
  let key = '';
  return statement.map((token, index) => {
    if (open < 0 || index < open || token.kind !== 'word') return token;
    if (isSymbol(statement[solidBefore(statement, index)], '(', ',')) {
      key = token.text.toLowerCase();
      return token;
    }
    return key === 'type' || key === 'provider' ? token : { kind: 'value', text: token.text };
  });
}

import { isSymbol, isWord, joined, retyped, type Token } from './token.ts';
import { solidBefore, solidFrom, type TokenList } from './token-list.ts';

const SETS: ReadonlySet<string> = new Set(['set', 'pragma']);
const ATTACH: ReadonlySet<string> = new Set(['attach']);
const CREATE: ReadonlySet<string> = new Set(['create']);
const SECRET: ReadonlySet<string> = new Set(['secret']);
const TO: ReadonlySet<string> = new Set(['to']);

/**
 * Takes for data what settings and secrets are given without quotes: `SET s3_secret_access_key = AKIA…`,
 * `CREATE SECRET (TYPE s3, SECRET abc)`, `ATTACH … (PASSWORD abc)`.
 */
export function markOptionValues(tokens: TokenList): TokenList {
  const marked: Token[] = [];
  for (let start = 0; start < tokens.length; ) {
    const end = statementEnd(tokens, start);
    for (const token of markStatement(tokens, start, end)) marked.push(token);
    start = end;
  }
  return marked;
}

/** Where the statement that begins at `start` ends, its semicolon included. */
function statementEnd(tokens: TokenList, start: number): number {
  let end = start;
  while (end < tokens.length && !isSymbol(tokens[end], ';')) end += 1;
  return Math.min(end + 1, tokens.length);
}

function markStatement(tokens: TokenList, start: number, end: number): TokenList {
  const first = tokens[solidFrom(tokens, start)];
  const statement = start === 0 && end === tokens.length ? tokens : tokens.slice(start, end);
  if (isWord(first, SETS)) return markAssignedValue(statement);
  if (isWord(first, ATTACH) || (isWord(first, CREATE) && createsSecret(statement))) return markListedValues(statement);
  return statement;
}

function createsSecret(statement: TokenList): boolean {
  const open = statement.findIndex((token) => isSymbol(token, '('));
  return statement.slice(0, Math.max(open, 0)).some((token) => isWord(token, SECRET));
}

/** All that follows `=` or `TO`, unless it is an expression in parentheses. */
function markAssignedValue(statement: TokenList): TokenList {
  const assignment = statement.findIndex((token) => isSymbol(token, '=') || isWord(token, TO));
  const start = solidFrom(statement, assignment + 1);
  if (assignment < 0 || statement[start]?.kind !== 'word') return statement;
  const end = isSymbol(statement.at(-1), ';') ? statement.length - 1 : statement.length;
  return [...statement.slice(0, start), joined('value', statement, start, end), ...statement.slice(end)];
}

/** In parentheses, every word but the first after an opening or a comma. */
function markListedValues(statement: TokenList): TokenList {
  const open = statement.findIndex((token) => isSymbol(token, '('));
  let key = '';
  return statement.map((token, index) => {
    if (open < 0 || index < open || token.kind !== 'word') return token;
    const before = statement[solidBefore(statement, index)];
    if (isSymbol(before, '(') || isSymbol(before, ',')) {
      key = token.text.toLowerCase();
      return token;
    }
    return key === 'type' || key === 'provider' ? token : retyped('value', token);
  });
}

import {
  hasTrait,
  isSymbol,
  isWord,
  joined,
  retyped,
  solidBefore,
  solidFrom,
  type Token,
  type TokenList,
  TRAIT,
} from './token.ts';
import { closingBracket } from './value-extent.ts';
import type { Vocabulary } from './vocabulary.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const EXPLAIN = words('explain');
const ANALYZE = words('analyze analyse');
const PREPARE = words('prepare');
const AS = words('as');
const SET = words('set');
const VARIABLE = words('variable');
const TO = words('to');
const QUERY_STARTS = words('select from with values table');
const TAKES_ARGUMENTS = words('pragma execute');
const COPIES = words('copy export');
const COPY_TARGETS = words('to from database');
const ATTACH = words('attach');
const CREATE = words('create');
const SECRET = words('secret');

/**
 * Marks as data the values of settings, secrets and options without single quotes: `SET s3_secret_access_key = AKIA…`,
 * `CREATE SECRET (TYPE s3, SECRET "abc")`, `ATTACH … (PASSWORD abc)`, `COPY … (NULLSTR abc)`, `PRAGMA add_key(a, abc)`.
 */
export function markOptionValues(tokens: TokenList, vocabulary: Vocabulary): TokenList {
  const marked: Token[] = [];
  for (let start = 0; start < tokens.length; ) {
    const end = statementEnd(tokens, start);
    for (const token of markStatement(tokens, { start, end }, vocabulary)) marked.push(token);
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

function markStatement(
  tokens: TokenList,
  { start, end }: { readonly start: number; readonly end: number },
  vocabulary: Vocabulary,
): TokenList {
  const statement = start === 0 && end === tokens.length ? tokens : tokens.slice(start, end);
  const first = innerStatement(statement);
  const word = statement[first];
  if (isWord(word, SET)) return markAssignedValue(statement, first);
  if (isWord(word, TAKES_ARGUMENTS)) return markArguments(markAssignedValue(statement, first), first, vocabulary);
  if (isWord(word, COPIES)) return markCopyOptions(statement, first, vocabulary);
  if (isWord(word, ATTACH) || (isWord(word, CREATE) && createsSecret(statement))) {
    return markOptionList(statement, openAfter(statement, first), vocabulary);
  }
  return statement;
}

/** The position of the statement inside an EXPLAIN or a PREPARE, or of the statement itself. */
function innerStatement(statement: TokenList): number {
  let index = solidFrom(statement, 0);
  for (;;) {
    if (isWord(statement[index], EXPLAIN)) {
      index = solidFrom(statement, index + 1);
      if (isSymbol(statement[index], '(')) index = solidFrom(statement, closingBracket(statement, index));
      if (isWord(statement[index], ANALYZE)) index = solidFrom(statement, index + 1);
    } else if (isWord(statement[index], PREPARE)) {
      const prepare = index;
      while (index < statement.length && !isWord(statement[index], AS)) index += 1;
      if (index === statement.length) return prepare;
      index = solidFrom(statement, index + 1);
    } else return index;
  }
}

function createsSecret(statement: TokenList): boolean {
  const open = openAfter(statement, 0);
  return statement.slice(0, Math.max(open, 0)).some((token) => isWord(token, SECRET));
}

function openAfter(statement: TokenList, start: number): number {
  return statement.findIndex((token, index) => index > start && isSymbol(token, '('));
}

/** All that follows `=` or `TO`; not the query that a variable is set to. */
function markAssignedValue(statement: TokenList, first: number): TokenList {
  const assignment = statement.findIndex(
    (token, index) => index > first && (isSymbol(token, '=') || isWord(token, TO) || isSymbol(token, '(')),
  );
  if (assignment < 0 || isSymbol(statement[assignment], '(')) return statement;
  const start = solidFrom(statement, assignment + 1);
  const isVariable = statement.slice(first, assignment).some((token) => isWord(token, VARIABLE));
  const isQuery = isSymbol(statement[start], '(') && isWord(statement[solidFrom(statement, start + 1)], QUERY_STARTS);
  if (isVariable && isQuery) return statement;
  const last = isSymbol(statement.at(-1), ';') ? statement.length - 1 : statement.length;
  const end = solidBefore(statement, last) + 1;
  if (start >= end || statement.slice(start, end).every(({ kind }) => kind === 'placeholder' || kind === 'parameter')) {
    return statement;
  }
  return [...statement.slice(0, start), joined('value', statement, start, end), ...statement.slice(end)];
}

/** The arguments of a pragma or a prepared statement. */
function markArguments(statement: TokenList, first: number, { namePragmas }: Vocabulary): TokenList {
  const open = openAfter(statement, first);
  const name = statement[solidFrom(statement, first + 1)]?.text ?? '';
  if (open < 0 || namePragmas.has(name.toLowerCase())) return statement;
  return statement.map((token, index) => (index > open ? unquotedValue(token) : token));
}

/** The options after the file, and the file if it is in double quotes. */
function markCopyOptions(statement: TokenList, first: number, vocabulary: Vocabulary): TokenList {
  let depth = 0;
  const target = statement.findIndex((token, index) => {
    depth += hasTrait(token, TRAIT.opens) ? 1 : hasTrait(token, TRAIT.closes) ? -1 : 0;
    return index > first && depth === 0 && isWord(token, COPY_TARGETS);
  });
  if (target < 0) return statement;
  const open = openAfter(statement, target);
  return markOptionList(statement, open, vocabulary).map((token, index) =>
    index > target && token.kind === 'quoted-identifier' ? unquotedValue(token) : token,
  );
}

/** In parentheses, all but the name of each option, the keys of structs, and values that are names. */
function markOptionList(statement: TokenList, open: number, { wordOptions }: Vocabulary): TokenList {
  let depth = 0;
  let option: Token | undefined;
  return statement.map((token, index) => {
    if (open < 0 || index < open) return token;
    if (hasTrait(token, TRAIT.opens)) depth += 1;
    if (hasTrait(token, TRAIT.closes)) depth -= 1;
    if (token.kind !== 'word') return unquotedValue(token);
    const before = statement[solidBefore(statement, index)];
    if (depth === 1 && (isSymbol(before, '(') || isSymbol(before, ','))) {
      option = token;
      return token;
    }
    const isKey = isSymbol(statement[solidFrom(statement, index + 1)], ':');
    return isKey || wordOptions.has(option?.text.toLowerCase() ?? '') ? token : unquotedValue(token);
  });
}

function unquotedValue(token: Token): Token {
  return token.kind === 'word' || token.kind === 'quoted-identifier' ? retyped('value', token) : token;
}

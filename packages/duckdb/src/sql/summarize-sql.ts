import { querySummary } from './query-summary.ts';

/** What can be said of a statement without asking DuckDB. */
export interface SqlSummary {
  /** Its first keyword, upper case; `SELECT` for what begins with WITH, FROM or VALUES. */
  readonly operation: string;
  /** The operation and the relations it names, at most 255 characters. */
  readonly summary: string;
}

const TOKEN = /--[^\n]*|\/\*.*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\1\$|[\p{L}_][\p{L}\p{N}_$]*|[^\s]/gsu;
const NAME = /^(?:"|[\p{L}_])/u;
const BEFORE_RELATION = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'VIEW', 'COPY', 'DESCRIBE', 'SUMMARIZE']);
const SELECTS = new Set(['WITH', 'FROM', 'VALUES', '(', 'TABLE']);
/** `catalog.schema.name AS alias`, and the word before it. */
const MAX_RELATION_TOKENS = 8;
const MODIFIERS = new Set(['IF', 'NOT', 'EXISTS', 'LATERAL', 'ONLY', 'SELECT', 'VALUES', 'SET', 'FROM']);

/** Sums a statement up in words of low cardinality: no literal, no file, no name of a common table expression. */
export function summarizeSql(sql: string): SqlSummary {
  const tokens = [...sql.matchAll(TOKEN)].map(([token]) => token).filter((token) => !/^(?:--|\/\*)/.test(token));
  const first = (tokens.find((token) => token !== '(') ?? '').toUpperCase();
  const operation = SELECTS.has(first) || !/^[A-Z]+$/.test(first) ? 'SELECT' : first;
  const own = new Set(tokens.filter((_, index) => definesExpression(tokens, index)).map(fold));
  const relations = tokens.flatMap((token, index) => {
    const isPlace = BEFORE_RELATION.has(token.toUpperCase()) || (token === ',' && followsRelation(tokens, index));
    const name = isPlace ? relationAt(tokens, index + 1) : undefined;
    return name === undefined || own.has(fold(name)) ? [] : [name];
  });
  return { operation, summary: querySummary(operation, [...new Set(relations)]) };
}

/** `name AS (`, as a WITH has it. */
function definesExpression(tokens: readonly string[], index: number): boolean {
  const [name, as, next, after] = tokens.slice(index, index + 4);
  if (name === undefined || !NAME.test(name) || as?.toUpperCase() !== 'AS') return false;
  return next === '(' || (/^(?:NOT|MATERIALIZED)$/i.test(next ?? '') && after !== undefined);
}

/** Whether a comma stands in `FROM a, b`: right behind a relation and perhaps its alias. */
function followsRelation(tokens: readonly string[], comma: number): boolean {
  for (let index = comma - 1; index >= Math.max(comma - MAX_RELATION_TOKENS, 0); index--) {
    const token = tokens[index] ?? '';
    const isStart = token.toUpperCase() === 'FROM' || (token === ',' && followsRelation(tokens, index));
    if (isStart) return relationAt(tokens, index + 1) !== undefined;
    if (!NAME.test(token) && token !== '.') return false;
  }
  return false;
}

/** A possibly qualified name; undefined for a file, a subquery or a function. */
function relationAt(tokens: readonly string[], start: number): string | undefined {
  let index = start;
  while (MODIFIERS.has((tokens[index] ?? '').toUpperCase())) index += 1;
  const first = tokens[index];
  if (first === undefined || !NAME.test(first)) return undefined;
  let name = first;
  while (tokens[index + 1] === '.' && NAME.test(tokens[index + 2] ?? '')) {
    name += `.${tokens[index + 2]}`;
    index += 2;
  }
  return tokens[index + 1] === '(' ? undefined : name;
}

function fold(name: string): string {
  return name.replaceAll('"', '').toLowerCase();
}

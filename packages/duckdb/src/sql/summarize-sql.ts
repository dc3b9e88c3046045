import { outlineSql, type SqlSymbol } from '@planscope/redaction';
import { querySummary } from './query-summary.ts';

/** What can be said of a statement without asking DuckDB. */
export interface SqlSummary {
  /** Its first keyword, upper case; `SELECT` for what begins with WITH, FROM or VALUES. */
  readonly operation: string;
  /** The operation and the relations it names, at most 255 characters. */
  readonly summary: string;
}

type Symbols = readonly SqlSymbol[];

const NAME = /^(?:"|[\p{L}_])/u;
/** A file or a URL can be named in double quotes, too: what a summary shows has nothing that they need. */
const SHOWN_NAME = /^(?:"[\p{L}_][\p{L}\p{M}\p{N}_$ -]{0,126}"|[\p{L}_][\p{L}\p{M}\p{N}_$]{0,127})$/u;
const OPERATION = /^[A-Z]{1,32}$/;
const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'view', 'copy', 'describe', 'summarize']);
const SELECTS = new Set(['with', 'from', 'values', 'table']);
const MODIFIERS = new Set(['if', 'not', 'exists', 'lateral', 'only', 'select', 'values', 'set', 'from']);
/** `IF NOT EXISTS`, and one more. */
const MAX_MODIFIERS = 4;
/** `catalog.schema.name AS alias`, and the word before it. */
const MAX_RELATION_SYMBOLS = 8;
/** Places where a relation may be named; a summary has room for far less. */
const MAX_PLACES = 512;

/**
 * Sums a statement up in words of low cardinality: no literal, no file, no name of a common table expression. It looks at the
 * head of the statement only, at what `outlineSql` gives of it (some 12,000 words and symbols), so that a long one takes no
 * longer. What comes behind is left out: a long list of values names nothing, and a select list of thousands of columns
 * leaves the operation alone.
 */
export function summarizeSql(sql: string): SqlSummary {
  const symbols = outlineSql(sql);
  const operation = operationOf(symbols);
  const own = ownExpressions(symbols);
  const relations = new Set<string>();
  const listed = new Set<number>();
  for (let index = 0, places = 0; index < symbols.length && places < MAX_PLACES; index += 1) {
    const { text, word } = symbols[index] as SqlSymbol;
    const isListed = text === ',' && followsRelation(symbols, index, listed);
    if (isListed) listed.add(index);
    if (!isListed && !BEFORE_RELATION.has(word)) continue;
    places += 1;
    const name = relationAt(symbols, index + 1);
    if (name !== undefined && !own.has(fold(name))) relations.add(name);
  }
  return { operation, summary: querySummary(operation, [...relations]) };
}

function operationOf(symbols: Symbols): string {
  const first = symbols.find(({ text }) => text !== '(') ?? { text: '', word: '' };
  const operation = first.text.toUpperCase();
  return SELECTS.has(first.word) || !OPERATION.test(operation) ? 'SELECT' : operation;
}

/** The names of `name AS (`, as a WITH has it. */
function ownExpressions(symbols: Symbols): Set<string> {
  const own = new Set<string>();
  for (let as = 1; as < symbols.length; as += 1) {
    if (symbols[as]?.word !== 'as') continue;
    const name = symbols[as - 1]?.text ?? '';
    const next = symbols[as + 1];
    const isExpression = next?.text === '(' || next?.word === 'not' || next?.word === 'materialized';
    if (isExpression && NAME.test(name)) own.add(fold(name));
  }
  return own;
}

/**
 * Whether a comma stands in `FROM a, b`: right behind a relation and perhaps its alias.
 * @param listed The commas before it that do.
 */
function followsRelation(symbols: Symbols, comma: number, listed: ReadonlySet<number>): boolean {
  for (let index = comma - 1; index >= Math.max(comma - MAX_RELATION_SYMBOLS, 0); index -= 1) {
    const { text, word } = symbols[index] as SqlSymbol;
    if (word === 'from' || listed.has(index)) return relationAt(symbols, index + 1) !== undefined;
    if (text !== '.' && !NAME.test(text)) return false;
  }
  return false;
}

/** A possibly qualified name; undefined for a file, a subquery or a function. */
function relationAt(symbols: Symbols, start: number): string | undefined {
  let index = start;
  while (index < start + MAX_MODIFIERS && isModifier(symbols[index])) index += 1;
  let name = symbols[index]?.text ?? '';
  if (!SHOWN_NAME.test(name) || isModifier(symbols[index])) return undefined;
  while (symbols[index + 1]?.text === '.') {
    const part = symbols[index + 2]?.text ?? '';
    if (!SHOWN_NAME.test(part)) return undefined;
    name += `.${part}`;
    index += 2;
  }
  return symbols[index + 1]?.text === '(' ? undefined : name;
}

function isModifier(symbol: SqlSymbol | undefined): boolean {
  return symbol !== undefined && MODIFIERS.has(symbol.word);
}

function fold(name: string): string {
  return name.replaceAll('"', '').toLowerCase();
}

import { outlineSql, type SqlSymbol } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { namedRelations } from './named-relations.ts';
import { querySummary } from './query-summary.ts';

/** What can be said of a statement without asking DuckDB. */
export interface SqlSummary {
  /**
   * What it does, upper case: `SELECT` for what begins with FROM or VALUES, what follows the expressions of a WITH, and
   * `QUERY` for what begins with a word that begins no statement.
   */
  readonly operation: string;
  /** The operation and the relations it names, at most 255 characters. */
  readonly summary: string;
}

const SELECTS: ReadonlySet<string> = new Set(['select', 'with', 'from', 'values', 'table']);
/** Words that begin a statement, and say what it does. */
const OPERATIONS: ReadonlySet<string> = new Set(
  `abort alter analyze attach begin call checkpoint comment commit copy create deallocate delete desc describe detach drop end
  execute explain export force import insert install load merge pivot pivot_longer pivot_wider pragma prepare reindex reset
  rollback set show start summarize truncate unpivot update use vacuum`.split(/\s+/),
);

/**
 * Sums a statement up in words of low cardinality: no literal, no file, no name of a common table expression. It looks at the
 * head of the statement only, at what `outlineSql` gives of it (some 12,000 words and symbols), so that a long one takes no
 * longer. What comes behind is left out: a long list of values names nothing, and a select list of thousands of columns
 * leaves the operation alone.
 */
export function summarizeSql(sql: string): SqlSummary {
  const symbols = outlineSql(sql, duckdbDialect);
  const { relations, verb = '' } = namedRelations(symbols);
  const operation = operationOf(symbols, verb);
  return { operation, summary: querySummary(operation, relations) };
}

function operationOf(symbols: readonly SqlSymbol[], verb: string): string {
  const { text, word } = symbols.find((symbol) => symbol.text !== '(') ?? { text: '', word: '' };
  if (word === 'with' && OPERATIONS.has(verb)) return verb.toUpperCase();
  if (OPERATIONS.has(word)) return word.toUpperCase();
  return SELECTS.has(word) || !/^[\p{L}_]/u.test(text) ? 'SELECT' : 'QUERY';
}

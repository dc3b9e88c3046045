import { outlineSql, type SqlSymbol } from './outline-sql.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** A summary of a statement, from its text alone. */
export interface SqlSummary {
  /**
   * The operation in upper case. It is `SELECT` for a statement that starts with FROM or VALUES, the verb after the
   * common table expressions of a WITH, and `QUERY` if the first word starts no known statement.
   */
  readonly operation: string;
  /** The operation and the relations it names, at most 255 characters. */
  readonly summary: string;
}

const SELECTS: ReadonlySet<string> = new Set(['select', 'with', 'from', 'values', 'table']);
/** First words of statements that are their operation. */
const OPERATIONS: ReadonlySet<string> = new Set(
  `abort alter analyze attach begin call checkpoint comment commit copy create deallocate delete desc describe detach drop end
  execute explain export force import insert install load merge pivot pivot_longer pivot_wider pragma prepare reindex reset
  rollback set show start summarize truncate unpivot update use vacuum`.split(/\s+/),
);

/**
 * Summarizes a statement with low cardinality: the result contains no literal, no file and no name of a common table
 * expression. Only the head of the statement is read, the 12,000 or so words and symbols that `outlineSql` returns, so
 * the time does not grow with its length. The rest is ignored: a long list of values names no relation, and after a
 * select list of thousands of columns only the operation remains.
 */
export function summarizeSql(sql: string, dialect?: SqlDialect): SqlSummary {
  const symbols = outlineSql(sql, dialect);
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

const MAX_LENGTH = 255;

/**
 * A summary of low cardinality: the operation, then as many targets as fit in 255 characters.
 *
 * @param targets names of relations
 */
export function querySummary(operation: string, targets: readonly string[]): string {
  let summary = operation;
  for (const target of targets) {
    if (summary.length + 1 + target.length > MAX_LENGTH) break;
    summary += ` ${target}`;
  }
  return summary;
}

/** What a walk over the words of a statement finds. */
interface NamedRelations {
  /**
   * The relations it names, without duplicates, in order of appearance; no files, functions or common table
   * expressions.
   */
  readonly relations: readonly string[];
  /** The verb of the statement after its common table expressions, in lower case. */
  readonly verb: string | undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const NAME = /^(?:"|[\p{L}_])/u;
/**
 * Files and URLs may also be in double quotes, and a name with spaces may be data: only names that the redacted text shows
 * as well.
 */
const SHOWN_NAME = /^(?:"[\p{L}_][\p{L}\p{M}\p{N}_$]{0,126}"|[\p{L}_][\p{L}\p{M}\p{N}_$]{0,127})$/u;

const QUERY_STARTS = words(
  'select with from values table describe desc summarize show pivot unpivot insert update delete merge',
);
const VERBS = words(
  'select values insert update delete merge create drop alter comment copy truncate pivot unpivot describe desc summarize vacuum analyze',
);
/** Verbs that are followed by a relation. */
const TAKES_RELATION = words('update copy truncate pivot unpivot describe desc summarize vacuum analyze');
const DEFINES = words('create drop alter comment truncate describe desc');
const DEFINED = words('table view');
/** Verbs that are followed by a list of relations. */
const TAKES_LIST = words('drop truncate');
const PIVOTS = words('pivot unpivot');
const JOINS_BY_USING = words('delete merge');
const COMBINES = words('union except intersect');
/** Keywords that end a list of relations. */
const ENDS_LIST = words('where group order having limit offset window qualify select returning set values sample when');
const BEFORE_NAME = words('if not exists lateral only');
/** Keywords that may occur where a name is expected. */
const NO_NAME = words('select values set from with table view where on using as name database default sample');

/** State for a statement or for the content of one pair of brackets. */
interface Frame {
  /** True for a query or a list of relations; false for an expression, where FROM has another meaning. */
  readonly holdsRelations: boolean;
  verb: string | undefined;
  /** Role of the next name: the only relation of a clause, one of a list, or undefined for no relation. */
  expects: 'one' | 'listed' | undefined;
  /** Whether another relation follows a comma. */
  isList: boolean;
  /** Whether the statement creates an index; its table follows ON. */
  isIndex: boolean;
}

const frame = (holdsRelations: boolean, expects?: Frame['expects']): Frame => ({
  holdsRelations,
  verb: undefined,
  expects,
  isList: expects === 'listed',
  isIndex: false,
});

type Symbols = readonly SqlSymbol[];

/** Finds the relations in an outline of a statement, in one walk through its clauses and brackets. */
function namedRelations(symbols: Symbols): NamedRelations {
  const own = ownExpressions(symbols);
  const relations = new Set<string>();
  const root = frame(true);
  const outer: Frame[] = [];
  let current = root;
  for (let index = 0; index < symbols.length; index += 1) {
    const { text, word } = symbols[index] as SqlSymbol;
    if (text === '(' || text === '[' || text === '{') {
      outer.push(current);
      current = innerFrame(current, text, symbols[index + 1]?.word ?? '');
    } else if (text === ')' || text === ']' || text === '}') {
      current = outer.pop() ?? root;
    } else if (current.holdsRelations && symbols[index - 1]?.text !== '.') {
      if (current.expects !== undefined && (BEFORE_NAME.has(word) || symbols[index + 1]?.text === ':')) continue;
      if (current.expects !== undefined && text !== ':') {
        const isTarget = current.expects === 'one';
        const { name, end } = nameAt(symbols, index, isTarget);
        current.expects = undefined;
        if (name !== undefined && (isTarget || !own.has(fold(name)))) relations.add(name);
        if (end > index) {
          index = end - 1;
          continue;
        }
      }
      if (text === ',' && current.isList) current.expects = 'listed';
      else if (word !== '') readKeyword(current, symbols, index);
    }
  }
  return { relations: [...relations], verb: root.verb };
}

/** The frame that an opening bracket starts. For the frame around it, the bracket takes the place of the next name. */
function innerFrame(around: Frame, bracket: string, next: string): Frame {
  const { expects } = around;
  around.expects = undefined;
  if (bracket !== '(') return frame(false);
  if (QUERY_STARTS.has(next)) return frame(true);
  return expects === undefined ? frame(false) : frame(true, 'listed');
}

function readKeyword(current: Frame, symbols: Symbols, index: number): void {
  const { word } = symbols[index] as SqlSymbol;
  const next = symbols[index + 1];
  const { verb } = current;
  if (word === 'from') {
    current.verb ??= 'select';
    const isTest = symbols[index - 1]?.word === 'distinct' && /^(?:is|not)$/.test(symbols[index - 2]?.word ?? '');
    if (!isTest) expectList(current);
  } else if (word === 'join') expectList(current);
  else if (word === 'into') current.expects = PIVOTS.has(verb ?? '') ? undefined : 'one';
  else if (word === 'using' && JOINS_BY_USING.has(verb ?? '')) {
    if (NAME.test(next?.text ?? '')) expectList(current);
  } else if (word === 'on') {
    if (current.isIndex) current.expects = 'one';
    if (PIVOTS.has(verb ?? '')) current.isList = false;
  } else if (word === 'index' && verb === 'create') current.isIndex = true;
  else if (DEFINED.has(word) && DEFINES.has(verb ?? '')) expectTarget(current);
  else if (word === 'table' && verb === undefined) {
    current.verb = 'select';
    current.expects = 'listed';
  } else if (COMBINES.has(word)) Object.assign(current, frame(true));
  else if (ENDS_LIST.has(word)) {
    current.isList = false;
    if (verb === undefined && VERBS.has(word)) current.verb = word;
  } else if (verb === undefined && VERBS.has(word) && symbols[index - 1]?.word !== 'explain') {
    current.verb = word;
    if (TAKES_RELATION.has(word)) expectTarget(current);
  }
}

function expectList(current: Frame): void {
  current.expects = 'listed';
  current.isList = true;
}

function expectTarget(current: Frame): void {
  current.expects = 'one';
  current.isList = TAKES_LIST.has(current.verb ?? '');
}

/**
 * A possibly qualified name and the index after it; the name is undefined for a file, a function or a keyword.
 *
 * @param isTarget whether brackets after the name contain columns, not the arguments of a function
 */
function nameAt(symbols: Symbols, start: number, isTarget: boolean): { name: string | undefined; end: number } {
  const first = symbols[start] as SqlSymbol;
  if (!NAME.test(first.text) || NO_NAME.has(first.word)) return { name: undefined, end: start };
  const parts = [first.text];
  let end = start + 1;
  while (symbols[end]?.text === '.') {
    parts.push(symbols[end + 1]?.text ?? '');
    end += 2;
  }
  const isShown = parts.every((part) => SHOWN_NAME.test(part)) && (isTarget || symbols[end]?.text !== '(');
  return { name: isShown ? parts.join('.') : undefined, end };
}

/** The names of common table expressions: `name AS (` and `name(columns) AS (`. */
function ownExpressions(symbols: Symbols): Set<string> {
  const own = new Set<string>();
  /** The name before each open bracket. */
  const called: string[] = [];
  let closed = '';
  for (let index = 0; index < symbols.length; index += 1) {
    const { text, word } = symbols[index] as SqlSymbol;
    const before = symbols[index - 1]?.text ?? '';
    if (text === '(') called.push(before);
    else if (text === ')') closed = called.pop() ?? '';
    if (word !== 'as') continue;
    const next = symbols[index + 1];
    const name = before === ')' ? closed : before;
    const isExpression = next?.text === '(' || next?.word === 'not' || next?.word === 'materialized';
    if (isExpression && NAME.test(name)) own.add(fold(name));
  }
  return own;
}

function fold(name: string): string {
  return name.replaceAll('"', '').toLowerCase();
}

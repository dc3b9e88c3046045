import { outlineSql, type SqlSymbol } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';

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

const MAX_LENGTH = 255;

/**
 * A query in a few words of low cardinality: its operation, then its targets, cut between two of them.
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

/** What the words of a statement show. */
interface NamedRelations {
  /** The relations it names, each once, in the order they are first met; no file, no function, no common table expression. */
  readonly relations: readonly string[];
  /** The word that says what the statement does, in lower case, behind its common table expressions. */
  readonly verb: string | undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const NAME = /^(?:"|[\p{L}_])/u;
/** A file or a URL can be named in double quotes, too: what a summary shows has nothing that they need. */
const SHOWN_NAME = /^(?:"[\p{L}_][\p{L}\p{M}\p{N}_$ -]{0,126}"|[\p{L}_][\p{L}\p{M}\p{N}_$]{0,127})$/u;

const QUERY_STARTS = words(
  'select with from values table describe desc summarize show pivot unpivot insert update delete merge',
);
const VERBS = words(
  'select values insert update delete merge create drop alter comment copy truncate pivot unpivot describe desc summarize vacuum analyze',
);
/** Verbs that a relation follows. */
const TAKES_RELATION = words('update copy truncate pivot unpivot describe desc summarize vacuum analyze');
const DEFINES = words('create drop alter comment truncate describe desc');
const DEFINED = words('table view');
/** Verbs that may go on with a list of relations. */
const TAKES_LIST = words('drop truncate');
const PIVOTS = words('pivot unpivot');
const JOINS_BY_USING = words('delete merge');
const COMBINES = words('union except intersect');
/** What ends a list of relations. */
const ENDS_LIST = words('where group order having limit offset window qualify select returning set values sample when');
const BEFORE_NAME = words('if not exists lateral only');
/** Keywords in places where a name is possible. */
const NO_NAME = words('select values set from with table view where on using as name database default sample');

/** A statement, or the content of one pair of brackets. */
interface Frame {
  /** Whether it is a query or a list of relations; else it is an expression, in which FROM has another meaning. */
  readonly holdsRelations: boolean;
  verb: string | undefined;
  /** What the next name is: the one relation of a clause, one of a list, or no relation. */
  expects: 'one' | 'listed' | undefined;
  /** Whether a comma leads to another relation. */
  isList: boolean;
  /** Whether an index is created, whose table follows ON. */
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

/** Finds the relations in what `outlineSql` gives of a statement, in one walk through its clauses and brackets. */
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

/** What an opening bracket begins; the frame around it has its relation with that. */
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
 * A possibly qualified name and where it ends; without a name for a file, a function or a keyword.
 * @param isTarget Whether the brackets behind it hold columns, and not the arguments of a function.
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

/** The names of `name AS (` and `name(columns) AS (`, as a WITH has them. */
function ownExpressions(symbols: Symbols): Set<string> {
  const own = new Set<string>();
  /** For each open bracket, the name before it. */
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

import { type SqlToken, sqlTokens } from '@planscope/redaction';

/** A relation that a query names without a catalog or schema. */
export interface NamedRelation {
  readonly name: string;
}

/** Words after which a list of tables ends. */
const ENDS_FROM: ReadonlySet<string> = new Set(
  'where group having window order limit offset fetch union intersect except select on using'.split(' '),
);

/** One parenthesis, or the query itself. */
interface Level {
  /** `tables` in a list of tables, `table` where one is named next. */
  place: 'other' | 'tables' | 'table';
  /** Whether it is a query, so that FROM starts a list of tables; `extract(year FROM day)` is none. */
  isQuery: boolean;
}

/**
 * Finds the relations that a query names without a catalog or schema, in the order of the text. Names of its own WITH are
 * not among them. Trino is asked later whether the text is a query at all.
 */
export function namedRelations(sql: string): NamedRelation[] {
  const tokens = [...sqlTokens(sql, { maxCharacters: Math.max(sql.length, 1) })];
  const own = ownNames(tokens);
  const found = new Map<string, NamedRelation>();
  const levels: Level[] = [{ place: 'other', isQuery: true }];
  for (const [index, token] of tokens.entries()) {
    const level = levels.at(-1) as Level;
    const word = token.kind === 'word' ? token.text.toLowerCase() : token.text;
    if (word === '(') {
      const isTable = level.place === 'table';
      // A parenthesis in a list of tables holds a query or joined tables, and one after TABLE a table or a function.
      const holdsTable = isTable || tokens[index - 1]?.text.toLowerCase() === 'table';
      levels.push({ place: holdsTable ? 'table' : 'other', isQuery: holdsTable || startsQuery(tokens[index + 1]) });
      if (isTable) level.place = 'tables';
    } else if (word === ')') {
      if (levels.length > 1) levels.pop();
    } else if (word === 'from' || word === 'join' || word === 'table') {
      const before = tokens[index - 1]?.text.toLowerCase();
      const isOther =
        (word === 'from' && before === 'distinct' && isComparison(tokens, index)) ||
        (word === 'table' && tokens[index + 1]?.text === '(');
      if (level.isQuery && !isOther) level.place = 'table';
    } else if (word === ',') {
      if (level.place === 'tables') level.place = 'table';
    } else if (token.kind === 'word' && ENDS_FROM.has(word)) {
      level.place = 'other';
      if (word === 'select') level.isQuery = true;
    } else if (level.place === 'table' && (token.kind === 'word' || token.kind === 'name')) {
      if (word === 'lateral' || word === 'unnest') {
        level.place = 'tables';
        continue;
      }
      level.place = 'tables';
      const after = tokens[index + 1]?.text;
      const name = unquoted(token);
      if (after !== '.' && after !== '(' && !own.has(name.toLowerCase()) && !found.has(name.toLowerCase())) {
        found.set(name.toLowerCase(), { name });
      }
    }
  }
  return [...found.values()];
}

/** The names that the WITH clauses of a query define. */
export function ownNames(tokens: readonly SqlToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.text.toLowerCase();
    if (before !== 'with' && before !== ',' && before !== 'recursive') continue;
    if (token.kind !== 'word' && token.kind !== 'name') continue;
    let next = index + 1;
    if (tokens[next]?.text === '(') while (next < tokens.length && tokens[next++]?.text !== ')');
    const isDefined = tokens[next]?.text.toLowerCase() === 'as' && tokens[next + 1]?.text === '(';
    if (isDefined) names.add(unquoted(token).toLowerCase());
  }
  return names;
}

function startsQuery(token: SqlToken | undefined): boolean {
  const word = token?.text.toLowerCase();
  return word === 'select' || word === 'with' || word === 'table' || word === 'values' || word === '(';
}

/** Whether FROM belongs to IS [NOT] DISTINCT FROM. */
function isComparison(tokens: readonly SqlToken[], index: number): boolean {
  const word = tokens[index - 2]?.text.toLowerCase();
  return word === 'is' || word === 'not';
}

function unquoted({ text, kind }: SqlToken): string {
  return kind === 'name' ? text.slice(1, -1).replaceAll('""', '"') : text;
}

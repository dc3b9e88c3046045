/** A piece of SQL that is neither a comment nor white space. */
export interface SqlToken {
  readonly text: string;
  readonly start: number;
  readonly kind: 'word' | 'name' | 'literal' | 'other';
}

/** What is scanned of one text: longer ones are data for the most part. */
export const SCANNED_CHARACTERS = 65_536;

const PIECE = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n]*|/\*[^]*?\*/)`,
    String.raw`(?<literal>[eE]'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'|'[^']*(?:''[^']*)*'|\$(?<tag>\w*)\$[^]*?\$\k<tag>\$|\d[\w.]*)`,
    '(?<name>"[^"]*(?:""[^"]*)*")',
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
    '[^]',
  ].join('|'),
  'uy',
);

/**
 * The tokens at the beginning of a text, whether or not DuckDB would accept it. A literal or a comment that does not end
 * comes as single characters.
 *
 * @param limit characters that are scanned; default 65,536
 */
export function* sqlTokens(sql: string, limit: number = SCANNED_CHARACTERS): Generator<SqlToken, undefined> {
  const text = sql.length > limit ? sql.slice(0, limit) : sql;
  let start = 0;
  while (start < text.length) {
    PIECE.lastIndex = start;
    const match = PIECE.exec(text);
    if (match === null) return undefined;
    const { space, literal, name, word } = match.groups ?? {};
    if (space === undefined) {
      const kind =
        word !== undefined ? 'word' : name !== undefined ? 'name' : literal !== undefined ? 'literal' : 'other';
      yield { text: match[0], start, kind };
    }
    start += match[0].length;
  }
  return undefined;
}

/**
 * The statements of a text, each by its own text without the semicolon.
 *
 * @returns undefined for a text that is too long to be looked through
 */
export function splitStatements(sql: string): string[] | undefined {
  if (!sql.includes(';')) return [sql];
  if (sql.length > SCANNED_CHARACTERS) return undefined;
  const statements: string[] = [];
  let start = 0;
  let isEmpty = true;
  for (const token of sqlTokens(sql)) {
    if (token.text !== ';') {
      isEmpty = false;
      continue;
    }
    if (!isEmpty) statements.push(sql.slice(start, token.start).trim());
    start = token.start + 1;
    isEmpty = true;
  }
  if (!isEmpty) statements.push(sql.slice(start).trim());
  return statements;
}

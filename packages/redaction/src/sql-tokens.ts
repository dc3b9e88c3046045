import { markOptionValues } from './mark-option-values.ts';
import { hideDoubtful } from './mark-unknown-names.ts';
import { readText } from './read-text.ts';
import { TokenCursor, type TokenKind } from './scan-tokens.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { vocabularyOf } from './vocabulary.ts';

/** A token of SQL other than a comment or white space. */
export interface SqlToken {
  readonly text: string;
  readonly start: number;
  /** `name` is a name in double quotes; `literal` includes an unclosed quotation. */
  readonly kind: 'word' | 'name' | 'literal' | 'other';
}

/** How far a text is read for its tokens. */
export interface SqlTokensOptions {
  /** Most characters to read, from 1; longer texts are mostly data. Default 65,536. */
  readonly maxCharacters?: number;
}

const MAX_CHARACTERS = 65_536;

const LITERALS: ReadonlySet<TokenKind> = new Set<TokenKind>(['string', 'unterminated', 'number']);

/**
 * Reads the tokens at the beginning of a text one by one, whether or not a database would accept it. Time is linear in what
 * is read. Redacts nothing: the text of a literal is the literal.
 * @param sql SQL of any dialect.
 * @param options How far the text is read.
 */
export function* sqlTokens(sql: string, options: SqlTokensOptions = {}): Generator<SqlToken, undefined> {
  const { maxCharacters = MAX_CHARACTERS } = options;
  const cursor = new TokenCursor(sql.length > maxCharacters ? sql.slice(0, maxCharacters) : sql);
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    if (kind !== 'space' && kind !== 'comment')
      yield { text: cursor.text.slice(start, end), start, kind: kindOf(kind) };
  }
  return undefined;
}

function kindOf(kind: TokenKind): SqlToken['kind'] {
  if (kind === 'word') return 'word';
  if (kind === 'quoted-identifier') return 'name';
  return LITERALS.has(kind) ? 'literal' : 'other';
}

const PLAIN = /^"[\p{L}_][\p{L}\p{M}\p{N}_$]*"$/u;

/** How far a text is read for its names. */
export interface SqlIdentifiersOptions {
  /** Dialect of the SQL; default standard SQL. */
  readonly dialect?: SqlDialect;
  /** Approximate number of bytes to read names from; default 0, the whole text. */
  readonly maxBytes?: number;
}

/**
 * The names in a SQL text: tables, columns, aliases and functions, and also keywords. Text in
 * literals and comments does not count, nor, if the quotes are unbalanced, anything from the first quotation on.
 * @param text SQL of any dialect.
 * @param options Dialect, and how far to read.
 */
export function sqlIdentifiers(text: string, options: SqlIdentifiersOptions = {}): string[] {
  const vocabulary = vocabularyOf(options.dialect);
  const reading = readText(text, { vocabulary, doubtStart: 'quotation', maxBytes: options.maxBytes });
  const { tokens } = hideDoubtful(reading, { vocabulary, isKnown: () => false, language: 0 });
  const names = new Set<string>();
  for (const token of markOptionValues(tokens, vocabulary)) {
    if (token.kind === 'word') names.add(token.text);
    else if (token.kind === 'quoted-identifier' && PLAIN.test(token.text)) names.add(token.text.slice(1, -1));
  }
  return [...names];
}

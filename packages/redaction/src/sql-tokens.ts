import { markOptionValues } from './mark-option-values.ts';
import { hideDoubtful } from './mark-unknown-names.ts';
import { readText } from './read-text.ts';
import { TokenCursor, type TokenKind } from './scan-tokens.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { vocabularyOf } from './vocabulary.ts';

/** A piece of SQL that is neither a comment nor white space. */
export interface SqlToken {
  readonly text: string;
  readonly start: number;
  /** `name` is a name in double quotes, `literal` also a quotation that does not end. */
  readonly kind: 'word' | 'name' | 'literal' | 'other';
}

/** How far a text is read for its tokens. */
export interface SqlTokensOptions {
  /** Characters that are read, from 1 up; longer texts are data for the most part. Default 65,536. */
  readonly maxCharacters?: number;
}

const MAX_CHARACTERS = 65_536;

const LITERALS: ReadonlySet<TokenKind> = new Set<TokenKind>(['string', 'unterminated', 'number']);

/**
 * Reads the tokens at the beginning of a text one by one, whether or not a database would accept it. Time is linear in what
 * is read. Nothing is taken out: the text of a literal is the literal.
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
  /** Whose SQL it is; default that of the standard. */
  readonly dialect?: SqlDialect;
  /** Bytes of the text, about, of which the names are wanted; default 0, all of it. */
  readonly maxBytes?: number;
}

/**
 * The names that a SQL text itself writes: tables, columns, aliases and functions, keywords among them. What stands in
 * literals and comments is none, and in a text whose quotes do not pair nothing is from the first quotation on.
 * @param text SQL of any dialect.
 * @param options Whose SQL it is, and how far it is read.
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

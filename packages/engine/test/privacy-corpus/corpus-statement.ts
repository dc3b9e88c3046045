import type { PlaceKind } from './shown-places.ts';

/**
 * A statement of the corpus with slots for markers. `<word>`, `<number>` (15 digits), `<integer>` (9 digits), `<digits>` (12
 * digits), `<date>` and `<hex>` are a marker of their own each; `<word:a>` is the same wherever its group writes it;
 * `<folder>` is the folder with the files that `writeFiles` makes.
 */
export interface CorpusStatement {
  readonly sql: string;
  /** How DuckDB's message begins; absent for a statement that succeeds. */
  readonly fails?: string;
  /**
   * Kinds of texts in which markers show to which it gives a name; the test fails if one of the kinds shows none. Default
   * none. A marker without a name never shows.
   */
  readonly declared?: readonly PlaceKind[];
  /** Values bound to its parameters. */
  readonly values?: readonly string[];
  /** Statements that run before it, untraced. */
  readonly given?: readonly string[];
}

/** Statements over the same tables, in a database of their own. */
export interface StatementGroup {
  readonly about: string;
  /** Statements that make what they use, besides the people that every group has. */
  readonly given?: readonly string[];
  readonly statements: readonly (string | CorpusStatement)[];
}

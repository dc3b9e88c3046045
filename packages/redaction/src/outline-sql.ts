import { QuoteWatch } from './quote-watch.ts';
import { TokenCursor } from './scan-tokens.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A name, a keyword or a piece of punctuation of a statement. */
export interface SqlSymbol {
  /** The source text; empty for an operator, a literal or a parameter. */
  readonly text: string;
  /** The word in lower case if the dialect knows it; else empty. */
  readonly word: string;
}

/** Limits of the outline: enough tokens for a select list of 4,000 columns, and a bound on their characters. */
const MOST_TOKENS = 12_288;
const MOST_CHARACTERS = 262_144;

const OTHER: SqlSymbol = { text: '', word: '' };

/**
 * The words at the head of a statement, without its literals and comments, for a summary. In a longer statement,
 * or one with unbalanced quotes, the outline ends before the first quotation: after that, names and data look alike.
 * @param text SQL of any dialect.
 * @param dialect Dialect whose words are known; default standard SQL.
 */
export function outlineSql(text: string, dialect?: SqlDialect): SqlSymbol[] {
  const vocabulary = vocabularyOf(dialect);
  const head = text.slice(0, MOST_CHARACTERS);
  const cursor = new TokenCursor(head);
  const quotes = new QuoteWatch('quotation');
  const symbols: SqlSymbol[] = [];
  for (let count = 0; count < MOST_TOKENS && cursor.next(); count += 1) {
    const isUnfinished = cursor.end === head.length && head.length < text.length;
    quotes.see(cursor, symbols.length + 1, isUnfinished);
    const symbol = isUnfinished ? OTHER : symbolAt(cursor, vocabulary);
    if (symbol !== undefined) symbols.push(symbol);
  }
  const isCertain = cursor.end === text.length && !quotes.isBroken;
  return isCertain ? symbols : symbols.slice(0, quotes.doubtful);
}

function symbolAt({ kind, text, start, end }: TokenCursor, vocabulary: Vocabulary): SqlSymbol | undefined {
  switch (kind) {
    case 'space':
    case 'comment':
      return undefined;
    case 'word':
    case 'quoted-identifier':
    case 'punctuation':
      return vocabulary.token(kind, text.slice(start, end));
    default:
      return OTHER;
  }
}

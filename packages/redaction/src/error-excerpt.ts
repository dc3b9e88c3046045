import { QuoteWatch } from './quote-watch.ts';
import { TokenCursor } from './scan-tokens.ts';

/** A line of the query, with a mark below where the error is: `LINE 1: SELECT a\n               ^`. */
const EXCERPT = /\n(LINE \d{1,9}: )([^\n]{0,1000})\n( {0,1000})\^/;

/** The names at the place that a message points to; undefined if it points nowhere. */
export type PointedNames = ReadonlySet<string> | undefined;

/**
 * The names that the query writes at the place an error message points to, in lower case. What else a message calls a name
 * may come from a literal: `query_table('…')`, `from_json(x, '…')`, a value bound to a parameter.
 */
export function pointedNames(message: string): PointedNames {
  const [, head = '', line = '', indent = ''] = EXCERPT.exec(message) ?? [];
  if (head === '') return message.includes('\nLINE ') ? new Set() : undefined;
  // The head of a long line is left out, perhaps with an opening quote in it, so only the text at the place itself is read.
  const skipped = line.startsWith('...') ? indent.length - head.length : 0;
  const place = indent.length - head.length - skipped;
  const cursor = new TokenCursor(line.slice(skipped));
  const quotes = new QuoteWatch('quotation');
  const names = new Set<string>();
  for (let isName = false; cursor.next(); ) {
    const { kind, start, end } = cursor;
    quotes.see(cursor, 0, false);
    if (start < place) continue;
    if (quotes.isBroken || (start > place && names.size === 0)) break;
    isName = !isName;
    const text = cursor.text.slice(start, end);
    if (isName ? kind !== 'word' && kind !== 'quoted-identifier' : text !== '.') break;
    if (isName) names.add(unquoted(text));
  }
  return names;
}

/** A name as names compare: without its quotes, in lower case. */
export function unquoted(name: string): string {
  return (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name).toLowerCase();
}

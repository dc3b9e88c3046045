import { sqlTokens } from '@planscope/redaction';

const LITERAL = '?';

/**
 * The tokens of a query without comments, white space and letter case of words, with one placeholder for a literal or a
 * list of them. Numbers in ORDER BY and GROUP BY, which are places of columns, are kept.
 */
export function tokenShape(sql: string): string[] {
  const shape: string[] = [];
  const places: boolean[] = [false];
  let previous = '';
  for (const { text, kind } of sqlTokens(sql, { maxCharacters: Math.max(sql.length, 1) })) {
    const word = kind === 'word' ? text.toLowerCase() : text;
    if (word === '(') places.push(false);
    else if (word === ')' && places.length > 1) places.pop();
    else if (word === 'by' && (previous === 'order' || previous === 'group')) places[places.length - 1] = true;
    else if (ENDS_PLACES.has(word)) places[places.length - 1] = false;
    const isPlace = places.at(-1) === true && (previous === 'by' || previous === ',') && /^\d+$/.test(text);
    previous = word;
    if (kind !== 'literal' || isPlace) shape.push(word);
    else if (shape.at(-1) === ',' && shape.at(-2) === LITERAL) shape.pop();
    else shape.push(LITERAL);
  }
  return shape;
}

const ENDS_PLACES: ReadonlySet<string> = new Set([
  'limit',
  'offset',
  'fetch',
  'having',
  'union',
  'intersect',
  'except',
]);

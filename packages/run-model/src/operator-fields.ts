import { FIELD_DETAIL } from '@planscope/semconv';
import type { OperatorField } from './run.ts';

const FIELD = /(?:^|, )([a-z_]\w*)=/y;
const OPENING = '([{';
const CLOSING = ')]}';
const QUOTES = `'"`;

/**
 * Parses the one-line description of a node, `name: key=value, key=[value, value]`. A text without keys is the field
 * `detail`.
 */
export function parseFields(name: string, description: string): OperatorField[] {
  if (!description.startsWith(`${name}: `)) return [];
  const text = description.slice(name.length + 2);
  const fields: OperatorField[] = [];
  let key: string = FIELD_DETAIL;
  let start = 0;
  let depth = 0;
  const close = (end: number): void => {
    if (end > start) fields.push({ key, text: entriesOf(text.slice(start, end)) });
  };
  for (let index = 0; index < text.length; index += 1) {
    FIELD.lastIndex = index;
    const found = depth === 0 ? FIELD.exec(text) : null;
    if (found?.[1] !== undefined) {
      close(index);
      key = found[1];
      start = FIELD.lastIndex;
      index = start - 1;
    } else depth = depthAfter(text[index] ?? '', depth);
  }
  close(text.length);
  return fields;
}

function depthAfter(character: string, depth: number): number {
  if (OPENING.includes(character)) return depth + 1;
  return CLOSING.includes(character) ? Math.max(depth - 1, 0) : depth;
}

/** The entries of a list in brackets; any other text unchanged. */
function entriesOf(text: string): string | string[] {
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  const entries: string[] = [];
  let [start, depth, quote] = [1, 0, ''];
  for (let index = 1; index < text.length - 1; index += 1) {
    const character = text[index] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (QUOTES.includes(character)) quote = character;
    else if (depth === 0 && text.startsWith(', ', index)) {
      entries.push(text.slice(start, index));
      start = index + 2;
    } else depth = depthAfter(character, depth);
  }
  return [...entries, text.slice(start, -1)];
}

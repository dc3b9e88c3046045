import { printableLine } from '@planscope/internal/printable-text';
import type { Operator } from '@planscope/run-model';
import {
  FIELD_AGGREGATES,
  FIELD_DETAIL,
  FIELD_FILES,
  FIELD_FILTER,
  FIELD_FUNCTION,
  FIELD_GROUP_KEYS,
  FIELD_JOIN_KEYS,
  FIELD_JOIN_TYPE,
  FIELD_LIMIT,
  FIELD_LOCATION,
  FIELD_NAME,
  FIELD_ORDER_BY,
  FIELD_PROJECTIONS,
  FIELD_TABLE,
} from '@planscope/semconv';

/** The fields that tell operators of one name apart, the most telling first. */
const TELLING = [
  FIELD_TABLE,
  FIELD_FILES,
  FIELD_LOCATION,
  FIELD_JOIN_KEYS,
  FIELD_GROUP_KEYS,
  FIELD_ORDER_BY,
  FIELD_FILTER,
  FIELD_AGGREGATES,
  FIELD_LIMIT,
  FIELD_PROJECTIONS,
  FIELD_NAME,
  FIELD_FUNCTION,
  FIELD_DETAIL,
];

/** The text of a field on one line. */
function fieldText(text: string | readonly string[]): string {
  return printableLine(typeof text === 'string' ? text : text.join(', '));
}

/** Name of an operator as people say it: `Hash join`, `Table scan`. The engine's own name is in its details. */
export function operatorName({ name }: Pick<Operator, 'name'>): string {
  const line = printableLine(name);
  if (!/^[A-Z][A-Z0-9]*(?:[_ ][A-Z0-9]+)*$/.test(line)) return line;
  const words = line.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an operator works on, in a few words: its table, files, keys or condition. Empty if nothing tells. */
export function operatorSubject({ fields }: Pick<Operator, 'fields'>): string {
  const texts = new Map(fields.map(({ key, text }) => [key, text]));
  for (const key of TELLING) {
    const text = texts.get(key);
    if (text === undefined) continue;
    const line = key === FIELD_FILES || key === FIELD_LOCATION ? fileNames(text) : fieldText(text);
    if (line === '') continue;
    const type = key === FIELD_JOIN_KEYS ? texts.get(FIELD_JOIN_TYPE) : undefined;
    return type === undefined ? line : `${fieldText(type)} on ${line}`;
  }
  return '';
}

/** The last parts of paths: `flights.parquet and 3 more`. */
function fileNames(text: string | readonly string[]): string {
  const paths = typeof text === 'string' ? [text] : text;
  const first = printableLine(paths[0] ?? '').replace(/^.*[/\\](?=[^/\\])/, '');
  return paths.length > 1 ? `${first} and ${paths.length - 1} more` : first;
}

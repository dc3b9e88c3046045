import {
  FIELD_AGGREGATES,
  FIELD_FILES,
  FIELD_FUNCTION,
  FIELD_GROUP_KEYS,
  FIELD_JOIN_KEYS,
  FIELD_JOIN_TYPE,
  FIELD_TABLE,
} from '@planscope/semconv';
import type { Operator, OperatorField, OperatorKind } from './run.ts';

/** Words of operator names, as engines use them: `HASH_JOIN`, `HashJoinExec`, `InnerJoin`. The first match counts. */
const WORDS: readonly (readonly [kind: OperatorKind, words: RegExp])[] = [
  ['join', /join|cross_?product/i],
  ['exchange', /exchange|repartition|shuffle|coalesce_?(partitions|batches)/i],
  ['write', /insert|copy_to|write|delete|update|create_table/i],
  ['window', /window/i],
  ['aggregate', /agg|group_?by|distinct/i],
  ['sort', /top_?n|order_?by|sort/i],
  ['limit', /limit/i],
  ['union', /union/i],
  ['scan', /scan|^read_/i],
  ['filter', /filter/i],
  ['projection', /project/i],
];

const FIELDS: readonly (readonly [kind: OperatorKind, keys: readonly string[]])[] = [
  ['join', [FIELD_JOIN_TYPE, FIELD_JOIN_KEYS]],
  ['aggregate', [FIELD_GROUP_KEYS, FIELD_AGGREGATES]],
];
const SOURCES: readonly string[] = [FIELD_TABLE, FIELD_FILES, FIELD_FUNCTION];

/**
 * What an operator does. One of an engine: by fields that only this kind has, then by its name, and last by a source of
 * rows, which writes have, too.
 */
export function operatorKind(name: string, fields: readonly OperatorField[], origin: Operator['origin']): OperatorKind {
  if (origin === 'node') return 'node';
  const keys = new Set(fields.map(({ key }) => key));
  const isWindow = /window/i.test(name);
  const byField = isWindow ? undefined : FIELDS.find(([, wanted]) => wanted.some((key) => keys.has(key)));
  const byName = WORDS.find(([, words]) => words.test(name));
  return byField?.[0] ?? byName?.[0] ?? (SOURCES.some((key) => keys.has(key)) ? 'scan' : 'other');
}

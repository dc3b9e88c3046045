import { createHash } from 'node:crypto';
import { FIELD_ESTIMATED_ROWS, FIELD_FILES, FIELD_LIMIT, FIELD_LOCATION, FIELD_OFFSET } from '@planscope/semconv';

/** The part of an operator that makes up the shape of a plan. */
export interface ShapedOperator {
  readonly id: string;
  readonly name: string;
  readonly inputIds: readonly string[];
  readonly inputStageIds: readonly string[];
  readonly stageId?: string | undefined;
  readonly fields: readonly { readonly key: string; readonly text: string | readonly string[] }[];
}

/** Fields that change with the data and not with the plan. */
const DATA: ReadonlySet<string> = new Set([
  // A join passes a filter to a scan while the query runs, and its form depends on the rows.
  'dynamic_filter',
  FIELD_ESTIMATED_ROWS,
  FIELD_FILES,
  FIELD_LIMIT,
  FIELD_LOCATION,
  FIELD_OFFSET,
]);

/**
 * SHA-256 of the operators of a query, in hexadecimal: their names, their inputs in order, and their descriptions.
 * Literals, placeholders and other numbers are replaced, and lists of them are one, so that the fingerprint is the same
 * whether the texts were redacted or not. Names of files, limits and estimates are omitted.
 *
 * @param operators of one query, in any order that has inputs in their order
 */
export function planFingerprint(operators: readonly ShapedOperator[]): string {
  const places = new Map(operators.map(({ id }, index) => [id, index]));
  const stages = new Map<string, number>();
  const stage = (id: string): number => {
    const place = stages.get(id) ?? stages.size;
    stages.set(id, place);
    return place;
  };
  const nodes = operators.map(({ name, inputIds, inputStageIds, stageId, fields }) => [
    name,
    inputIds.map((id) => places.get(id) ?? -1),
    stageId === undefined ? [] : [stage(stageId), ...inputStageIds.map(stage)],
    fields.filter(({ key }) => !DATA.has(key)).map(({ key, text }) => [key, withoutLiterals([text].flat().join(', '))]),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([1, nodes]))
    .digest('hex');
}

/** Numbers after `#` or in a name are columns: `#1`, `c_1`. */
const LITERAL = /\?\d*|'(?:[^']|'')*'|(?<![\w#.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/g;
const LIST = /\?(?:, ?\?)+/g;

function withoutLiterals(text: string): string {
  return text.replace(LITERAL, '?').replace(LIST, '?');
}

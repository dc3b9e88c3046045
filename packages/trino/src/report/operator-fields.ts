import type { NodeField } from '@planscope/plan/report';
import {
  FIELD_AGGREGATES,
  FIELD_COLUMNS,
  FIELD_FILTER,
  FIELD_GROUP_KEYS,
  FIELD_JOIN_KEYS,
  FIELD_JOIN_TYPE,
  FIELD_LIMIT,
  FIELD_ORDER_BY,
  FIELD_PROJECTIONS,
  FIELD_TABLE,
  nodeFieldDefinition,
  type TextKind,
} from '@planscope/semconv';
import type { TrinoInput, TrinoPlanNode } from './query-info.ts';

/** How the text of a descriptor is read. */
type Reading = (text: string) => NodeField['text'];

const CODE = /^[\w-]{1,64}$/;
const code: Reading = (text) => (CODE.test(text) ? text : '');
const expression: Reading = (text) => readable(text);
/** `[a, b]` */
const list: Reading = (text) => splitList(text).map(readable);
/** `(a = b) AND (c = d)` */
const conditions: Reading = (text) =>
  text.split(/(?<=\)) AND (?=\()/).map((condition) => readable(condition.replace(/^\((.*)\)$/s, '$1')));
/** `{custkey_1 = #df_1029, orderkey = #df_1030}`: the columns that the filters are for. */
const filtered: Reading = (text) =>
  [...text.matchAll(/([\w$]{1,256}) [!<>=]{1,2} #df_\d/g)].map(([, column = '']) => column);

/**
 * The field for each part of a descriptor. Other parts are left out: they may hold data of any kind, and so may the
 * details that tell which values a connector was asked for.
 */
const DESCRIPTORS: Readonly<Record<string, readonly [field: string, read: Reading, kind?: TextKind]>> = {
  filterPredicate: [FIELD_FILTER, expression],
  filter: [FIELD_FILTER, expression],
  criteria: [FIELD_JOIN_KEYS, conditions],
  distribution: ['distribution', code, 'code'],
  type: ['step', code, 'code'],
  keys: [FIELD_GROUP_KEYS, list],
  count: [FIELD_LIMIT, code],
  limit: [FIELD_LIMIT, code],
  orderBy: [FIELD_ORDER_BY, list],
  partitionBy: ['partition_by', list, 'expression'],
  partitioning: ['partitioning', code, 'code'],
  arguments: ['arguments', list, 'expression'],
  dynamicFilters: ['dynamic_filter', filtered, 'identifier'],
  columnNames: [FIELD_COLUMNS, list],
};

const JOIN = /^(Inner|Left|Right|Full|Cross|Semi|Spatial)\w*Join$/;

/** The description of an operator in the fields that all engines share. Texts have their literals. */
export function operatorFields(node: TrinoPlanNode, input: TrinoInput | undefined): NodeField[] {
  const { name, descriptor } = node;
  const joinType = JOIN.exec(name)?.[1]?.toUpperCase();
  const table = tableOf(input) ?? tableOfDescriptor(descriptor.table);
  return [
    ...(table === undefined ? [] : [field(FIELD_TABLE, table)]),
    ...(joinType === undefined ? [] : [field(FIELD_JOIN_TYPE, joinType)]),
    ...Object.entries(descriptor).flatMap(([key, text]) => {
      const [name, read, kind] = (Object.hasOwn(DESCRIPTORS, key) ? DESCRIPTORS[key] : undefined) ?? [];
      const shown = name === undefined || read === undefined || text === '' ? '' : read(text);
      return name === undefined || shown.length === 0 ? [] : [field(name, shown, kind)];
    }),
    ...assignmentFields(node),
  ];
}

function field(key: string, text: NodeField['text'], kind?: TextKind): NodeField {
  return { key, text, kind: kind ?? nodeFieldDefinition(key)?.text ?? 'data' };
}

/** `sum := sum(expr)`, but not `orderkey_4 := tpch:orderkey`, which only renames a column. */
const ASSIGNMENT = /^[\w$]{1,256} := ([^:]*(?:\(|').*)$/s;

function assignmentFields({ name, details }: TrinoPlanNode): NodeField[] {
  const key = /^Aggregat/.test(name) ? FIELD_AGGREGATES : /Project$/.test(name) ? FIELD_PROJECTIONS : undefined;
  if (key === undefined) return [];
  const texts = details.flatMap((detail) => ASSIGNMENT.exec(detail)?.[1] ?? []).map(readable);
  return texts.length === 0 ? [] : [field(key, texts, 'expression')];
}

function tableOf({ catalog, schema, table }: TrinoInput = {}): string | undefined {
  return catalog === undefined || schema === undefined || table === undefined
    ? undefined
    : `${catalog}.${schema}.${table}`;
}

/** `tpch:tiny:orders`. A connector may put a whole query in its place, which is not shown. */
function tableOfDescriptor(text = ''): string | undefined {
  return /^[\w$-]{1,128}(?:[:.][\w$-]{1,128}){1,3}$/.test(text) ? text.replaceAll(':', '.') : undefined;
}

/** Trino writes `a * b` as `$operator$multiply(a, b)`, where the redaction of SQL would see a text in dollars. */
function readable(text: string): string {
  return text.replaceAll('$operator$', '').replaceAll('$literal$', '');
}

/** The entries of a list in brackets; commas in parentheses, brackets and quotes do not separate. */
function splitList(text: string): string[] {
  const inside = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const entries: string[] = [];
  let [start, depth, isQuoted] = [0, 0, false];
  for (let index = 0; index < inside.length; index += 1) {
    const character = inside[index] ?? '';
    if (character === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (depth === 0 && inside.startsWith(', ', index)) {
      entries.push(inside.slice(start, index));
      start = index + 2;
    }
  }
  return [...entries, inside.slice(start)].filter((entry) => entry !== '');
}

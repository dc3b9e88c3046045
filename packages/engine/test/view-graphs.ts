import fc from 'fast-check';
import type { ExecutionSpec, InputSpec, ViewSpec } from '../src/index.ts';

/** A column as a query refers to it. */
interface Column {
  readonly name: string;
  readonly type: 'int' | 'text';
}

/** Something to select from. */
interface Relation {
  readonly name: string;
  /** The columns whose names are known and its own. */
  readonly columns: readonly Column[];
  /** Whether those are all that it has. */
  readonly isComplete: boolean;
  /** Whether its rows come in an order that the inputs alone determine. */
  readonly isOrdered: boolean;
  /** Joins above the inputs; bounded, as rows multiply. */
  readonly joins: number;
}

type Query = Omit<Relation, 'name'> & { readonly sql: string };
type Choice = (bound: number) => number;
type QueryMaker = (from: Relation, choose: Choice, others: readonly Relation[]) => Query | undefined;

const people: Column[] = [
  { name: 'id', type: 'int' },
  { name: 'team', type: 'text' },
  { name: 'age', type: 'int' },
  { name: 'city', type: 'text' },
];
const visits: Column[] = [
  { name: 'id', type: 'int' },
  { name: 'page', type: 'text' },
  { name: 'seconds', type: 'int' },
];

const inputs: readonly InputSpec[] = [
  { name: 'people', location: 'memory:///people.csv' },
  { name: 'visits', location: 'memory:///visits.parquet' },
  { name: 'again', location: 'memory:///people.csv' },
];

const roots: readonly Relation[] = [
  { name: 'people', columns: people, isComplete: true, isOrdered: true, joins: 0 },
  { name: 'visits', columns: visits, isComplete: true, isOrdered: true, joins: 0 },
  { name: 'again', columns: people, isComplete: true, isOrdered: true, joins: 0 },
];

/** Specifications over the inputs: views that filter, join, group, order, limit and combine inputs and one another. */
export function viewGraphs(): fc.Arbitrary<ExecutionSpec> {
  const step = fc.record({
    maker: fc.nat(makers.length - 1),
    from: fc.nat(),
    choices: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
  });
  return fc.array(step, { minLength: 1, maxLength: 7 }).map((steps) => {
    const relations = [...roots];
    const views: ViewSpec[] = [];
    for (const { maker, from, choices } of steps) {
      const draws = [...choices];
      // The newest relation is chosen most often, so that graphs grow deep.
      const source = relations.at(from % 2 === 0 ? -1 : -1 - (from % Math.min(relations.length, 4)));
      if (source === undefined) continue;
      const query = makers[maker]?.(source, (bound) => (draws.shift() ?? 0) % bound, relations);
      if (query === undefined) continue;
      const { sql, ...columns } = query;
      const name = `v${views.length}`;
      views.push({ name, sql });
      relations.push({ ...columns, name });
    }
    const last = endIn(views, relations);
    const middle = relations[Math.floor(relations.length / 2)]?.name ?? 'people';
    const outputs = [...new Set(steps.length % 3 === 0 ? [last, middle] : [last])].map((from) => ({
      name: `out_${from}`,
      from,
    }));
    return { version: 1, inputs, views, outputs };
  });
}

/** Ends in a view that reads one column of the last one, so that there is something to prune; the name of the output. */
function endIn(views: ViewSpec[], relations: readonly Relation[]): string {
  const last = relations.at(-1);
  const [column] = last?.columns ?? [];
  if (last === undefined || column === undefined) return 'people';
  views.push({ name: 'narrow', sql: `SELECT ${column.name} FROM ${last.name}` });
  return 'narrow';
}

const makers: readonly QueryMaker[] = [
  filterRows,
  filterRows,
  pickColumns,
  pickColumns,
  pickColumns,
  group,
  join,
  join,
  joinUsing,
  naturalJoin,
  unionAll,
  firstInOrder,
  firstRows,
  firstRows,
  distinct,
  starVariant,
  inSubquery,
  ownExpression,
  wholeRow,
  numberRows,
  countRows,
  randomTwice,
];

function filterRows(from: Relation, choose: Choice): Query | undefined {
  const column = ofType(from, 'int', choose);
  if (!column) return undefined;
  return { ...from, sql: `SELECT * FROM ${from.name} WHERE ${column} >= ${choose(6)}` };
}

function pickColumns(from: Relation, choose: Choice): Query | undefined {
  const kept = from.columns.filter(() => choose(3) > 0);
  const [first] = kept;
  if (first === undefined) return undefined;
  const items = kept.map(({ name }, index) => (index === 0 && choose(2) === 0 ? `${name} AS picked` : name));
  const columns = kept.map(({ name, type }, index) => ({
    name: items[index]?.endsWith('picked') ? 'picked' : name,
    type,
  }));
  return { ...from, ...known(columns), sql: `SELECT ${items.join(', ')} FROM ${from.name}` };
}

function group(from: Relation, choose: Choice): Query | undefined {
  const key = choose(2) === 0 ? ofType(from, 'text', choose) : ofType(from, 'int', choose);
  const value = ofType(from, 'int', choose);
  if (key === undefined || value === undefined) return undefined;
  const grouping = ['GROUP BY ALL', 'GROUP BY 1', `GROUP BY ${from.name}.${key}`][choose(3)];
  const sql = `SELECT ${from.name}.${key} AS k, count(*)::INT AS n, sum(${value})::INT AS s FROM ${from.name} ${grouping}`;
  const type = from.columns.find(({ name }) => name === key)?.type ?? 'int';
  const columns: Column[] = [
    { name: 'k', type },
    { name: 'n', type: 'int' },
    { name: 's', type: 'int' },
  ];
  return { ...from, ...known(columns), isOrdered: false, sql };
}

function join(from: Relation, choose: Choice, others: readonly Relation[]): Query | undefined {
  const other = others[choose(others.length)];
  const left = ofType(from, 'int', choose);
  const right = other && ofType(other, 'int', choose);
  if (other === undefined || left === undefined || right === undefined || tooMany(from, other)) return undefined;
  const kind = ['JOIN', 'LEFT JOIN', 'FULL JOIN', 'SEMI JOIN'][choose(4)];
  const sides = kind === 'SEMI JOIN' ? ['l'] : ['l', 'r'];
  const all = choose(2) === 0;
  const items = sides.map((side) => `${side}.${side === 'l' ? left : right} AS ${side}_key`);
  const columns: Column[] = all
    ? [...from.columns, ...(kind === 'SEMI JOIN' ? [] : other.columns)]
    : sides.map((side) => ({ name: `${side}_key`, type: 'int' }));
  const on = `${from.name} AS l ${kind} ${other.name} AS r ON l.${left} = r.${right}`;
  return joined(from, other, columns, `SELECT ${all ? '*' : items.join(', ')} FROM ${on}`);
}

function joinUsing(from: Relation, choose: Choice, others: readonly Relation[]): Query | undefined {
  const other = others[choose(others.length)];
  if (other === undefined || tooMany(from, other)) return undefined;
  const common = from.columns.find(({ name, type }) => other.columns.some((o) => o.name === name && o.type === type));
  if (common === undefined) return undefined;
  const columns = [...from.columns, ...other.columns.filter(({ name }) => name !== common.name)];
  return joined(from, other, columns, `SELECT * FROM ${from.name} AS l JOIN ${other.name} AS r USING (${common.name})`);
}

function naturalJoin(from: Relation, choose: Choice, others: readonly Relation[]): Query | undefined {
  const other = others[choose(others.length)];
  const column = ofType(from, 'int', choose);
  const isCommon = other?.columns.some(({ name }) => name === column) ?? false;
  if (other === undefined || !isCommon || tooMany(from, other)) return undefined;
  const sql = `SELECT ${column} FROM ${from.name} AS l NATURAL JOIN ${other.name} AS r`;
  return joined(from, other, [{ name: column ?? '', type: 'int' }], sql);
}

function unionAll(from: Relation, choose: Choice, others: readonly Relation[]): Query | undefined {
  const other = others[choose(others.length)];
  const left = ofType(from, 'int', choose);
  const right = other && ofType(other, 'int', choose);
  if (other === undefined || left === undefined || right === undefined) return undefined;
  const byName = choose(3) === 0 ? ' BY NAME' : '';
  const sql = `SELECT ${left} AS u FROM ${from.name} UNION ALL${byName} SELECT ${right} AS u FROM ${other.name}`;
  return { ...from, ...known([{ name: 'u', type: 'int' }]), isOrdered: false, joins: from.joins + other.joins, sql };
}

function firstInOrder(from: Relation, choose: Choice): Query | undefined {
  if (!from.isComplete) return undefined;
  const names = from.columns.map(({ name }, index) => (choose(2) === 0 ? name : String(index + 1)));
  return {
    ...from,
    isOrdered: false,
    sql: `SELECT * FROM ${from.name} ORDER BY ${names.join(', ')} LIMIT ${choose(9)}`,
  };
}

function firstRows(from: Relation, choose: Choice): Query | undefined {
  if (!from.isOrdered) return undefined;
  return { ...from, sql: `SELECT * FROM ${from.name} LIMIT ${choose(9)} OFFSET ${choose(3)}` };
}

function distinct(from: Relation, choose: Choice): Query | undefined {
  return {
    ...from,
    isOrdered: false,
    sql: `SELECT DISTINCT ${choose(2) === 0 ? '*' : `${from.name}.*`} FROM ${from.name}`,
  };
}

function starVariant(from: Relation, choose: Choice): Query | undefined {
  const [first, ...rest] = from.columns;
  if (first === undefined || rest.length === 0) return undefined;
  const variants: Query[] = [
    { ...from, sql: `FROM ${from.name}` },
    { ...from, sql: `SELECT ${from.name}.* FROM ${from.name}` },
    { ...from, columns: rest, sql: `SELECT * EXCLUDE (${first.name}) FROM ${from.name}` },
    { ...from, columns: rest, isComplete: false, sql: `SELECT ${first.name}, * FROM ${from.name}` },
    { ...from, columns: [...from.columns, { name: 'one', type: 'int' }], sql: `SELECT *, 1 AS one FROM ${from.name}` },
    { ...from, sql: `SELECT COLUMNS('.*') FROM ${from.name} -- all of them;` },
  ];
  return variants[choose(variants.length)];
}

function inSubquery(from: Relation, choose: Choice, others: readonly Relation[]): Query | undefined {
  const other = others[choose(others.length)];
  const left = ofType(from, 'int', choose);
  const right = other && ofType(other, 'int', choose);
  if (other === undefined || left === undefined || right === undefined) return undefined;
  const where = [
    `l.${left} IN (SELECT ${right} FROM ${other.name})`,
    `EXISTS (SELECT * FROM ${other.name} AS r WHERE r.${right} = l.${left})`,
    `l.${left} <= (SELECT max(r.${right}) FROM ${other.name} AS r WHERE r.${right} <> l.${left})`,
  ][choose(3)];
  return {
    ...from,
    ...known([{ name: left, type: 'int' }]),
    isOrdered: false,
    sql: `SELECT ${left} FROM ${from.name} AS l WHERE ${where}`,
  };
}

function ownExpression(from: Relation, choose: Choice): Query | undefined {
  const column = ofType(from, 'int', choose);
  if (column === undefined || from.joins > 1) return undefined;
  const sql = `WITH c(q) AS (SELECT ${column} FROM ${from.name}) SELECT a.q FROM c AS a JOIN c AS b USING (q)`;
  return { ...known([{ name: 'q', type: 'int' }]), isOrdered: false, joins: from.joins + 1, sql };
}

function wholeRow(from: Relation): Query | undefined {
  const sql = `SELECT md5(${from.name}::VARCHAR) AS row_hash FROM ${from.name}`;
  return { ...from, ...known([{ name: 'row_hash', type: 'text' }]), sql };
}

function numberRows(from: Relation, choose: Choice): Query | undefined {
  const column = ofType(from, 'int', choose);
  if (column === undefined || !from.isComplete) return undefined;
  const order = from.columns.map(({ name }) => name).join(', ');
  const sql = `SELECT ${column}, row_number() OVER (ORDER BY ${order})::INT AS place FROM ${from.name} QUALIFY place < 9`;
  const columns: Column[] = [
    { name: column, type: 'int' },
    { name: 'place', type: 'int' },
  ];
  return { ...from, ...known(columns), isOrdered: false, sql };
}

function countRows(from: Relation): Query | undefined {
  return { ...from, ...known([{ name: 'n', type: 'int' }]), sql: `SELECT count(*)::INT AS n FROM ${from.name}` };
}

/** Rows that are equal only while the inner expression is computed once. */
function randomTwice(from: Relation): Query | undefined {
  const sql = `WITH r AS MATERIALIZED (SELECT random() AS x FROM ${from.name}) SELECT count(*)::INT AS n FROM r AS a JOIN r AS b USING (x)`;
  return from.joins > 1 ? undefined : { ...from, ...known([{ name: 'n', type: 'int' }]), sql };
}

function joined(from: Relation, other: Relation, columns: readonly Column[], sql: string): Query {
  const names = columns.map(({ name }) => name);
  const own = columns.filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name));
  const isComplete = own.length === columns.length && from.isComplete && other.isComplete;
  return { columns: own, isComplete, isOrdered: false, joins: from.joins + other.joins + 1, sql };
}

function known(columns: readonly Column[]): Pick<Relation, 'columns' | 'isComplete'> {
  return { columns, isComplete: true };
}

function tooMany(from: Relation, other: Relation): boolean {
  return from.joins + other.joins > 1;
}

function ofType(from: Relation, type: Column['type'], choose: Choice): string | undefined {
  const names = from.columns.filter((column) => column.type === type).map(({ name }) => name);
  return names.length === 0 ? undefined : names[choose(names.length)];
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, renderSpanTree } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { collect, flightsExec } from '../../test/flights-exec.ts';
import { NAMED_QUERIES } from '../../test/named-queries.ts';
import { StatementNode } from '../../test/statement-node.ts';
import { taskContext } from '../../test/task-context.ts';
import { TPCH_TABLES } from '../../test/tpch-tables.ts';
import { type ReadableSpan, type TracedRun, tracedRun } from '../../test/traced-run.ts';
import { ConnectionProfiler } from '../measure/connection-profiler.ts';
import { duckdbSchema } from '../semconv.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';

/** DuckDB's profiles in the order in which they were taken. */
const profiles: (string | undefined)[] = [];
const takeProfile = ConnectionProfiler.prototype.take;
beforeAll(() => {
  vi.spyOn(ConnectionProfiler.prototype, 'take').mockImplementation(function (this: ConnectionProfiler) {
    const text = takeProfile.call(this);
    profiles.push(text);
    return text;
  });
});
afterAll(() => vi.restoreAllMocks());

const schemas = [sharedSchema, duckdbSchema];

/** The part of an operator that snapshots show: everything except times, paths and machine-dependent counters. */
const SHOWN = [
  'planscope.metrics.estimated_rows',
  'datafusion.metrics.output_rows',
  'db.operation.name',
  'duckdb.aggregates',
  'duckdb.expressions',
  'duckdb.filters',
  'duckdb.function',
  'duckdb.groups',
  'duckdb.join.*',
  'duckdb.limit',
  'duckdb.offset',
  'duckdb.operator.type',
  'duckdb.order_by',
  'duckdb.projections',
  'duckdb.scan.type',
  'duckdb.table',
];
const tree = (spans: readonly ReadableSpan[]): string => `${renderSpanTree(spans, { attributes: SHOWN, hide })}\n`;
const hide = ({ name, attributes }: ReadableSpan): boolean =>
  name === 'FilesNode' || ['phase', 'rule', 'storage'].includes(String(attributes['planscope.span.kind']));
const snapshot = (name: string): string => `../../test/span-trees/${name.replaceAll(' ', '-')}.txt`;

/** One operator of a profile in DuckDB's JSON. */
interface RawOperator {
  readonly operator_name: string;
  readonly operator_type: string;
  readonly operator_cardinality: number;
  readonly operator_timing: number;
  readonly operator_rows_scanned: number;
  readonly cpu_time: number;
  readonly result_set_size: number;
  readonly extra_info: Readonly<Record<string, unknown>>;
  readonly children: readonly RawOperator[];
}

interface RawProfile {
  readonly system_peak_buffer_memory: number;
  readonly system_peak_temp_dir_size: number;
  readonly children: readonly RawOperator[];
}

interface Numbers {
  readonly name: unknown;
  readonly values: Readonly<Record<string, unknown>>;
  readonly children: readonly Numbers[];
}

/** DuckDB does not count the rows of these operators and reports 0; a span has no number. */
const uncounted = (operator: RawOperator, parent: RawOperator | undefined): boolean =>
  parent?.operator_type === 'POSITIONAL_SCAN' ||
  /^CTE$|DELIM/.test(operator.operator_type) ||
  (operator.operator_type === 'DUMMY_SCAN' && operator.operator_cardinality === 0);

/** Ratio of its rows to those of its only child, if DuckDB counts both. */
function ofItsInput(operator: RawOperator, parent: RawOperator | undefined): number | undefined {
  const [input, ...more] = operator.children;
  if (input === undefined || more.length > 0 || input.operator_cardinality === 0) return undefined;
  if (uncounted(operator, parent) || uncounted(input, operator)) return undefined;
  return operator.operator_cardinality / input.operator_cardinality;
}

/** The numbers of DuckDB's profile, with times in nanoseconds, under their attribute names. */
function profiled(operator: RawOperator, parent?: RawOperator): Numbers {
  const rows = operator.operator_cardinality;
  const estimated = operator.extra_info['Estimated Cardinality'];
  return {
    name: operator.operator_name,
    values: {
      'duckdb.operator.type': operator.operator_type,
      'datafusion.metrics.output_rows': uncounted(operator, parent) ? undefined : rows,
      'datafusion.metrics.elapsed_compute': Math.round(operator.operator_timing * 1e9),
      'planscope.metrics.cumulative_compute': Math.round(operator.cpu_time * 1e9),
      'duckdb.result_set_size': operator.result_set_size,
      'duckdb.rows_scanned': operator.operator_rows_scanned === 0 ? undefined : operator.operator_rows_scanned,
      'planscope.metrics.estimated_rows': estimated === undefined ? undefined : Number(estimated),
      'datafusion.metrics.selectivity': operator.operator_type === 'FILTER' ? ofItsInput(operator, parent) : undefined,
      'datafusion.metrics.reduction_factor': /GROUP_BY$|AGGREGATE$/.test(operator.operator_type)
        ? ofItsInput(operator, parent)
        : undefined,
    },
    children: operator.children.map((child) => profiled(child, operator)),
  };
}

/** The same numbers from the spans below a span. */
function drawn(spans: readonly ReadableSpan[], parent: ReadableSpan, keys: readonly string[]): Numbers[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parent.spanContext().spanId)
    .filter(({ attributes }) => attributes['planscope.operator.id'] !== undefined)
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator')
    .sort((left, right) => indexOf(left) - indexOf(right))
    .map((span) => ({
      name: span.name,
      values: Object.fromEntries(keys.map((key) => [key, span.attributes[key]])),
      children: drawn(spans, span, keys),
    }));
}

function indexOf({ attributes }: ReadableSpan): number {
  return Number(String(attributes['planscope.operator.id']).split('.').at(-1));
}

function* flat(operators: readonly RawOperator[]): Generator<RawOperator> {
  for (const operator of operators) {
    yield operator;
    yield* flat(operator.children);
  }
}

let session: DuckDBSession;
let folder: string;
let found: TracedRun;
let raw: RawProfile;
let top: ReadableSpan;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'span-trees-'));
  // Two threads finish the chunks of a LIMIT in any order, so use one thread to make runs comparable.
  session = await DuckDBSession.open({ path: join(folder, 'tables.duckdb'), settings: { threads: 1 } });
  for (const table of TPCH_TABLES)
    expect((await tracedRun(new StatementNode(session, table))).outcome.status).toBe('ok');
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

async function take(run: Promise<TracedRun>): Promise<void> {
  profiles.length = 0;
  found = await run;
  expect(profiles).toHaveLength(1);
  raw = JSON.parse(profiles[0] ?? '{}') as RawProfile;
  top = found.spans.find(({ parentSpanContext }) => parentSpanContext === undefined) as ReadableSpan;
}

async function countRows(from: string): Promise<number> {
  const node = await flightsExec(session, `SELECT count(*)::INTEGER AS n ${from}`);
  const { batches } = await collect(node.execute(0, taskContext()));
  return batches[0]?.get(0)?.n;
}

/** Compares every number on the spans with the profile of the same run. */
function expectNumbersOfProfile(): void {
  const expected = raw.children.map((operator) => profiled(operator));
  expect(expected.length).toBeGreaterThan(0);
  expect(drawn(found.spans, top, Object.keys(expected[0]?.values ?? {}))).toEqual(expected);
  expect(top.attributes['planscope.metrics.peak_temporary_storage']).toBe(raw.system_peak_temp_dir_size);
  // Absent if an earlier query of the connection had a larger one, which the profile repeats.
  const { 'planscope.metrics.peak_memory': peakMemory = raw.system_peak_buffer_memory } = top.attributes;
  expect(peakMemory).toBe(raw.system_peak_buffer_memory);
  expect(top.attributes).not.toHaveProperty('planscope.metrics.blocked_time');
  const own = [...flat(raw.children)].reduce((sum, { operator_timing }) => sum + operator_timing, 0);
  const cumulative = raw.children.reduce((sum, { cpu_time }) => sum + cpu_time, 0);
  expect(Math.abs(own - cumulative)).toBeLessThanOrEqual(Math.max(cumulative * 0.01, 1e-6));
}

describe.each(Object.entries(NAMED_QUERIES))('%s', (name, { sql, has }) => {
  beforeAll(async () => {
    await take(flightsExec(session, sql).then((node) => tracedRun(node)));
  });

  it('has the recorded tree', async () => {
    assertTraceInvariants(found.spans, { schemas });
    expect([...flat(raw.children)].map(({ operator_type }) => operator_type)).toEqual(expect.arrayContaining([...has]));
    await expect(tree(found.spans)).toMatchFileSnapshot(snapshot(name));
  });

  it('has the numbers of its profile', () => {
    expectNumbersOfProfile();
  });

  it('has as many rows as a count finds', async () => {
    const counted = await countRows(`FROM (${sql})`);
    expect(found.rows).toBe(counted);
    expect(top.attributes).toMatchObject({
      'db.response.returned_rows': counted,
      'datafusion.metrics.output_rows': counted,
    });
  });

  it('raises no warnings', () => {
    expect(found.warnings).toEqual([]);
  });
});

describe.each([
  ['create table as', 'CREATE TABLE copied AS SELECT *', 'FROM orders WHERE o_totalprice > 250000'],
  ['insert', 'INSERT INTO copied SELECT *', 'FROM orders WHERE o_totalprice > 450000'],
  ['update', 'UPDATE copied SET o_totalprice = 7', 'FROM copied WHERE o_custkey < 10'],
  ['delete', 'DELETE', `FROM copied WHERE o_orderstatus = 'F'`],
])('%s', (name, statement, from) => {
  let counted: number;
  beforeAll(async () => {
    counted = await countRows(from);
    const rest = statement.startsWith('UPDATE') ? from.slice(from.indexOf('WHERE')) : from;
    await take(tracedRun(new StatementNode(session, `${statement} ${rest}`)));
  });

  it('has the recorded tree', async () => {
    assertTraceInvariants(found.spans, { schemas });
    expect(found.warnings).toEqual([]);
    await expect(tree(found.spans)).toMatchFileSnapshot(snapshot(name));
  });

  it('has the numbers of its profile, and scans as many rows as a count finds', () => {
    expectNumbersOfProfile();
    const scan = found.spans.find((span) => span.attributes['duckdb.operator.type'] === 'TABLE_SCAN');
    expect(scan?.attributes['datafusion.metrics.output_rows']).toBe(counted);
  });
});

describe('copy to a file', () => {
  beforeAll(async () => {
    const output = { kind: 'file', format: 'parquet', folder } as const;
    await take(flightsExec(session, 'SELECT * FROM lineitem', { output }).then((node) => tracedRun(node)));
  });

  it('has the recorded tree', async () => {
    assertTraceInvariants(found.spans, { schemas });
    expect(found.warnings).toEqual([]);
    await expect(tree(found.spans)).toMatchFileSnapshot(snapshot('copy to a file'));
  });

  it('has the numbers of its profile, and the rows of its file', async () => {
    expectNumbersOfProfile();
    const path = found.outcome.artifacts[0]?.path ?? '';
    expect(await countRows(`FROM read_parquet('${path}')`)).toBe(8000);
    expect(top.attributes['datafusion.metrics.output_rows']).toBe(8000);
  });
});

describe.each([
  ['error at once', `SELECT CAST(c_name AS INTEGER) AS n FROM customer`, 'ConversionError'],
  [
    'error after the first rows',
    `SELECT CASE WHEN range = 2500000 THEN error('boom') ELSE range END AS n FROM range(3000000)`,
    'DuckDBError',
  ],
])('%s', (name, sql, type) => {
  beforeAll(() => take(flightsExec(session, sql).then((node) => tracedRun(node))));

  it('has a failed span and no operators, even if DuckDB has an earlier profile', async () => {
    assertTraceInvariants(found.spans, { schemas });
    expect(found.outcome.report?.operators).toBeUndefined();
    expect(found.warnings).toEqual([]);
    expect(top.attributes['error.type']).toBe(type);
    const message = /output_rows=\d+/g;
    await expect(tree(found.spans).replace(message, 'output_rows=…')).toMatchFileSnapshot(snapshot(name));
  });
});

import { describe, expect, it } from 'vitest';
import type { ExtraInfo, ProfiledOperator, QueryProfile } from '../profile/query-profile.ts';
import { findWarnings, type WarningEvidence } from './find-warnings.ts';
import { DEFAULT_THRESHOLDS, type WarningThresholds } from './warning-thresholds.ts';

const operator = (
  type: string,
  rows: number,
  children: readonly ProfiledOperator[] = [],
  extraInfo: ExtraInfo = {},
): ProfiledOperator => ({
  name: type,
  type,
  rows,
  time: 1,
  cumulativeTime: 1,
  rowsScanned: 0,
  resultSetSize: 0,
  extraInfo,
  children,
});
const estimated = (rows: number): ExtraInfo => ({ 'Estimated Cardinality': String(rows) });
const profile = (operators: readonly ProfiledOperator[], more: Partial<QueryProfile> = {}): QueryProfile => ({
  rowsReturned: 1,
  peakMemory: 1,
  peakTemporaryStorage: 0,
  operators,
  ...more,
});
const find = (
  found: QueryProfile,
  more: Partial<WarningEvidence> = {},
  thresholds: Partial<WarningThresholds> = {},
): [string, string | undefined][] =>
  findWarnings({ profile: found, owners: new Map(), ...more }, { ...DEFAULT_THRESHOLDS, ...thresholds }).map(
    ({ warning, operatorId }) => [warning.code, operatorId],
  );

describe('a misestimate', () => {
  const join = (...children: ProfiledOperator[]): ProfiledOperator =>
    operator('HASH_JOIN', 7, children, { Conditions: 'k = k' });
  const scan = operator('TABLE_SCAN', 3, [], estimated(600_000));

  it.each([
    [1_000_000, 100_000, true],
    [1_000_000, 100_001, false],
    [110_000, 11_000, false],
    [111_112, 11_111, true],
    [0, 100_000, true],
    [100_000, 0, true],
  ])('of %i rows that are %i warns: %s', (expected, rows, warns) => {
    const found = find(profile([join(operator('TABLE_SCAN', rows, [], estimated(expected)))]));
    expect(found).toEqual(warns ? [['cardinality-misestimated', '0.0']] : []);
  });

  it('is none where no join above depends on it', () => {
    const group = operator('HASH_GROUP_BY', 52, [join(operator('TABLE_SCAN', 5))], estimated(543_807));
    expect(find(profile([operator('ORDER_BY', 52, [group])]))).toEqual([]);
    expect(find(profile([join(operator('PROJECTION', 52, [group]))]))).toEqual([['cardinality-misestimated', '0.0.0']]);
  });

  it('is raised once, for the lowest operator of a chain', () => {
    const sorted = operator('ORDER_BY', 3, [operator('PROJECTION', 3, [scan], estimated(600_000))]);
    const group = operator('HASH_GROUP_BY', 3, [join(sorted)], estimated(500_000));
    expect(find(profile([join(group)]))).toEqual([['cardinality-misestimated', '0.0.0.0.0.0']]);
  });

  it('is raised for each of two inputs', () => {
    expect(find(profile([join(scan, operator('TABLE_SCAN', 3, [], estimated(700_000)))]))).toEqual([
      ['cardinality-misestimated', '0.0'],
      ['cardinality-misestimated', '0.1'],
    ]);
  });

  it.each([['rowid = rowid'], ['file_index = file_index', 'file_row_number = file_row_number']])(
    'is none at or below a join that DuckDB adds itself, by %s',
    (...conditions) => {
      const own = operator('HASH_JOIN', 5, [scan], { ...estimated(600_000), Conditions: conditions });
      expect(find(profile([own]))).toEqual([]);
      expect(find(profile([join({ ...own, children: [] })]))).toEqual([]);
    },
  );

  it('is raised for the operator that makes the rows of a common table expression, if a join reads them', () => {
    const read = operator('CTE_SCAN', 3, [], { ...estimated(600_000), 'CTE Index': '4' });
    const cte = (reader: ProfiledOperator): ProfiledOperator =>
      operator('CTE', 0, [scan, reader], { ...estimated(9), 'Table Index': '4' });
    expect(find(profile([cte(join(read, read))]))).toEqual([['cardinality-misestimated', '0.0']]);
    expect(find(profile([cte(operator('PROJECTION', 3, [read]))]))).toEqual([]);
    const inherits = operator('PROJECTION', 3, [read], estimated(600_000));
    expect(find(profile([cte(join(inherits))]))).toEqual([['cardinality-misestimated', '0.0']]);
  });

  it('in or below a correlated subquery counts where a join of the same query block depends on it', () => {
    const subquery = (...children: ProfiledOperator[]): ProfiledOperator =>
      operator('HASH_JOIN', 7, children, { Conditions: 'k IS NOT DISTINCT FROM k' });
    const delim = (rows: ProfiledOperator, joined: ProfiledOperator): ProfiledOperator =>
      operator('LEFT_DELIM_JOIN', 0, [rows, joined, operator('HASH_GROUP_BY', 3)]);
    const right = operator('TABLE_SCAN', 7, [], estimated(7));
    expect(find(profile([delim(scan, subquery(right, right))]))).toEqual([]);
    expect(find(profile([delim(right, subquery(right, scan))]))).toEqual([]);
    expect(find(profile([join(delim(right, subquery(right, scan)))]))).toEqual([]);
    expect(find(profile([join(delim(scan, subquery(right, right)))]))).toEqual([['cardinality-misestimated', '0.0.0']]);
    expect(find(profile([delim(right, subquery(right, join(scan)))]))).toEqual([
      ['cardinality-misestimated', '0.1.1.0'],
    ]);
  });

  it('is none where DuckDB counts no rows', () => {
    const type = ['CTE', 'DELIM_SCAN', 'LEFT_DELIM_JOIN', 'RIGHT_DELIM_JOIN'];
    expect(type.flatMap((name) => find(profile([join(operator(name, 0, [], estimated(3_000_000)))])))).toEqual([]);
  });

  it('is none where a limit stopped the operator, or a filter came up later', () => {
    const stopped = operator('TABLE_SCAN', 2048, [], estimated(3_000_000));
    expect(find(profile([join(operator('STREAMING_LIMIT', 10, [operator('PROJECTION', 2048, [stopped])]))]))).toEqual(
      [],
    );
    const filtered = operator('TABLE_SCAN', 10, [], { ...estimated(3_000_000), 'Dynamic Filters': 'x>1' });
    expect(find(profile([join(filtered)]))).toEqual([]);
  });

  it('is one below what takes all of its input before a limit', () => {
    const group = operator('HASH_GROUP_BY', 10, [operator('TABLE_SCAN', 10, [], estimated(3_000_000))]);
    expect(find(profile([join(operator('LIMIT', 10, [group]))]))).toEqual([['cardinality-misestimated', '0.0.0.0']]);
  });
});

describe('a join', () => {
  const join = (type: string, rows: number): QueryProfile =>
    profile([operator(type, rows, [operator('TABLE_SCAN', 100_000), operator('TABLE_SCAN', 5)])]);

  it.each([
    ['HASH_JOIN', 1_000_000, true],
    ['CROSS_PRODUCT', 1_000_000, true],
    ['NESTED_LOOP_JOIN', 999_999, false],
    ['HASH_GROUP_BY', 1_000_000, false],
  ])('%s of 100,000 rows that makes %i explodes: %s', (type, rows, warns) => {
    expect(find(join(type, rows))).toEqual(warns ? [['exploding-join', '0']] : []);
  });

  it('explodes by thresholds of its own', () => {
    expect(find(join('HASH_JOIN', 300_000), {}, { explodingJoinFactor: 3, explodingJoinRows: 1 })).toEqual([
      ['exploding-join', '0'],
    ]);
  });
});

describe('a filter', () => {
  it.each([
    [100_000, 10_000, true],
    [100_000, 10_001, false],
    [99_999, 0, false],
  ])('above a scan of %i rows that keeps %i was not pushed down: %s', (scanned, kept, warns) => {
    const scan = operator('PROJECTION', scanned, [operator('TABLE_SCAN', scanned, [], { Table: 'memory.main.t' })]);
    expect(find(profile([operator('FILTER', kept, [scan])]))).toEqual(warns ? [['filter-not-pushed-down', '0']] : []);
  });

  it.each([
    ['READ_CSV', { 'Filename(s)': '/f' }, 'a text format is read in full'],
    ['SEQ_SCAN', { Table: 't' }, 'only if it is on one column'],
    ['READ_PARQUET', { 'Filename(s)': '/f' }, 'only if it is on one column'],
    ['RANGE', { Function: 'RANGE' }, undefined],
  ] as const)('above %s says why it stayed there', (name, extraInfo, reason) => {
    const scan = { ...operator('TABLE_SCAN', 200_000, [], extraInfo), name };
    const found = profile([operator('FILTER', 5, [scan])]);
    const [first] = findWarnings({ profile: found, owners: new Map() }, DEFAULT_THRESHOLDS);
    expect(first?.warning.message).toEqual(reason === undefined ? undefined : expect.stringContaining(reason));
  });

  it('above a join is where it belongs', () => {
    expect(find(profile([operator('FILTER', 0, [operator('HASH_JOIN', 200_000)])]))).toEqual([]);
  });
});

describe('a query', () => {
  it('that spilled is warned of', () => {
    expect(find(profile([], { leastSpilled: 1 }))).toEqual([['spilled-to-disk', undefined]]);
    // Of the whole instance.
    expect(find(profile([], { peakTemporaryStorage: 1 }))).toEqual([]);
  });

  it.each([
    [1000, 16_384_000n, 'read', true],
    [999, 1n, 'read', false],
    [1000, 16_385_000n, 'read', false],
    [5000, 1n, 'write', false],
  ] as const)('with %i requests for %i bytes to %s has small reads: %s', (requests, bytes, operation, warns) => {
    const entry = { path: 's3://bucket/secret.parquet', operation, requests, bytes, window: { start: '0', end: '1' } };
    const found = findWarnings({ profile: profile([]), owners: new Map([[entry, '0.1']]) }, DEFAULT_THRESHOLDS);
    expect(found.map(({ warning, operatorId }) => [warning.code, operatorId])).toEqual(
      warns ? [['small-reads', '0.1']] : [],
    );
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it.each([
    ['https://host/a.parquet', true],
    ['azure://container/a.parquet', true],
    ['/data/a.parquet', false],
    ['file:///data/a.parquet', false],
    ['C:\\data\\a.parquet', false],
  ])('has small reads only where a request costs: %s', (path, warns) => {
    const entry = { path, operation: 'read', requests: 1000, bytes: 1n, window: { start: '0', end: '1' } } as const;
    expect(find(profile([]), { owners: new Map([[entry, '0']]) })).toEqual(warns ? [['small-reads', '0']] : []);
  });
});

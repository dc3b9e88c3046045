import { describe, expect, it } from 'vitest';
import { executedPlanFingerprint } from './executed-plan-fingerprint.ts';
import { parseFields } from './operator-fields.ts';
import { operatorKind } from './operator-kind.ts';

const fieldsOf = (text: string) =>
  Object.fromEntries(parseFields('X', `X: ${text}`).map(({ key, text }) => [key, text]));

describe('parseFields', () => {
  it.each([
    ['join_type=INNER, join_keys=a = b', { join_type: 'INNER', join_keys: 'a = b' }],
    ['join_keys=[a = b, c = d]', { join_keys: ['a = b', 'c = d'] }],
    ['projections=[#1, f(x, y=2), {a, b}]', { projections: ['#1', 'f(x, y=2)', '{a, b}'] }],
    [`filter=[a = ', b=c', "x, y" > 1]`, { filter: [`a = ', b=c'`, '"x, y" > 1'] }],
    ['a flat line', { detail: 'a flat line' }],
    ['detail, filter=a=1', { detail: 'detail', filter: 'a=1' }],
    ['columns=[]', { columns: [''] }],
    ['', {}],
  ])('%s', (text, expected) => {
    expect(fieldsOf(text)).toEqual(expected);
  });

  it('has no fields for a description of another form', () => {
    expect(parseFields('X', 'Y: a=1')).toEqual([]);
    expect(parseFields('X', 'X')).toEqual([]);
  });
});

describe('operatorKind', () => {
  it.each([
    ['HASH_JOIN', 'join_type=INNER', 'join'],
    ['SortMergeJoinExec', '', 'join'],
    ['CROSS_PRODUCT', '', 'join'],
    ['READ_PARQUET', 'function=READ_PARQUET, files=a', 'scan'],
    ['SEQ_SCAN ', 'table=t', 'scan'],
    ['DELIM_SCAN', 'delim_index=1', 'scan'],
    ['POSTGRES', 'table=t', 'scan'],
    ['HASH_GROUP_BY', 'group_keys=#0, aggregates=count_star()', 'aggregate'],
    ['UNGROUPED_AGGREGATE', 'aggregates=sum(#0)', 'aggregate'],
    ['STREAMING_WINDOW', 'aggregates=x', 'window'],
    ['FILTER', 'filter=a > ?1', 'filter'],
    ['PROJECTION', 'projections=a', 'projection'],
    ['TOP_N', 'limit=10, order_by=a', 'sort'],
    ['STREAMING_LIMIT', 'limit=10', 'limit'],
    ['COPY_TO_FILE', 'files=a', 'write'],
    ['INSERT', 'table=t', 'write'],
    ['UNION', '', 'union'],
    ['LocalExchange', '', 'exchange'],
    ['PIVOT', '', 'other'],
  ])('%s %s: %s', (name, text, kind) => {
    expect(operatorKind(name.trim(), parseFields(name, `${name}: ${text}`), 'engine')).toBe(kind);
    expect(operatorKind(name, [], 'node')).toBe('node');
  });
});

describe('executedPlanFingerprint', () => {
  const plan = (texts: readonly string[], inputs = [['1', '2'], [], []]): string =>
    executedPlanFingerprint(
      texts.map((text, index) => ({
        id: String(index),
        name: text.split(':')[0] ?? '',
        inputIds: inputs[index] ?? [],
        inputStageIds: [],
        fields: parseFields(text.split(':')[0] ?? '', text),
      })),
    );
  const base = plan(['JOIN: join_keys=a = b', 'SCAN: table=t, filter=x>?1, estimated_rows=5', 'SCAN: table=u']);

  it.each([
    ['other numbers', ['JOIN: join_keys=a = b', 'SCAN: table=t, filter=x>?7, estimated_rows=9', 'SCAN: table=u'], true],
    ['literals that were kept', ['JOIN: join_keys=a = b', "SCAN: table=t, filter=x>'it''s'", 'SCAN: table=u'], true],
    ['another filter', ['JOIN: join_keys=a = b', 'SCAN: table=t, filter=x<?1', 'SCAN: table=u'], false],
    ['another column', ['JOIN: join_keys=a = c', 'SCAN: table=t, filter=x>?1', 'SCAN: table=u'], false],
    ['the sides of the join', ['JOIN: join_keys=a = b', 'SCAN: table=u', 'SCAN: table=t, filter=x>?1'], false],
    ['another operator', ['HASH: join_keys=a = b', 'SCAN: table=t, filter=x>?1', 'SCAN: table=u'], false],
  ])('%s', (_, texts, isSame) => {
    expect(plan(texts) === base).toBe(isSame);
  });

  it('depends on the inputs, and not on ids, lists of literals or numbers of columns that are data', () => {
    const texts = ['A: x=1', 'B: x=#1 IN (?1, ?2)', 'C: x=c_1'];
    expect(plan(texts, [['1'], ['2'], []])).not.toBe(plan(texts, [['1', '2'], [], []]));
    expect(plan(['A: x=2.5e3', 'B: x=#1 IN (?3)', 'C: x=c_1'])).toBe(plan(texts));
    expect(plan(['A: x=1', 'B: x=#2 IN (?1)', 'C: x=c_1'])).not.toBe(plan(texts));
    expect(plan(['A: x=1', 'B: x=#1 IN (?1)', 'C: x=c_2'])).not.toBe(plan(texts));
  });
});

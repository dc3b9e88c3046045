import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN, HIDDEN_IN_PLANS, PLAN_VALUE, planWithValues } from '../test/marked-texts.ts';
import { redactPlan, redactPlanEntries } from './redact-plan.ts';

const redactAll = (texts: readonly string[]): string => texts.map((text) => redactPlan(text)).join('\n');

test('keeps the captions of plans, locations without credentials, counts and estimates', () => {
  expect(
    redactAll([
      'PARQUET_SCAN Filters=[origin=SEA, delay>10] Projections=[origin, delay] Estimated Cardinality: 600000',
      'PARQUET_SCAN: Function=PARQUET_SCAN, Filters=origin=SEA, Filename(s)=[/d/flights-3m.parquet, /d/2020-01.parquet]',
      'HASH_JOIN: Join Type=INNER, Conditions=[id = user_id, name = #0]',
      "SEQ_SCAN: Table=memory.main.p, Type=Sequential Scan, Dynamic Filters=optional: name>='a' AND optional: rowid<=5",
      'TOP_N: Top=5, Order By=concat("name", \'X\') ASC',
      'FetchExec: flights format=parquet objects=3 bytes=1234 location=s3://key:sekret@b/flights-3m.parquet?sig=sekret',
      'DuckDBExec: inputs=[flights, airports] output=parquet sql=SELECT f.origin FROM flights f WHERE f.delay > 15 LIMIT 3',
      'Output: busy to=data/out-1.parquet',
    ]),
  ).toMatchInlineSnapshot(`
    "PARQUET_SCAN Filters=[origin=?1, delay>?2] Projections=[origin, delay] Estimated Cardinality: 600000
    PARQUET_SCAN: Function=PARQUET_SCAN, Filters=origin=?1, Filename(s)=[/d/flights-3m.parquet, /d/2020-01.parquet]
    HASH_JOIN: Join Type=INNER, Conditions=[id = user_id, name = #0]
    SEQ_SCAN: Table=memory.main.p, Type=Sequential Scan, Dynamic Filters=optional: name>=?1 AND optional: rowid<=?2
    TOP_N: Top=5, Order By=concat("name", ?1) ASC
    FetchExec: flights format=parquet objects=3 bytes=1234 location=s3://b/flights-3m.parquet?…
    DuckDBExec: inputs=[flights, airports] output=parquet sql=SELECT f.origin FROM flights f WHERE f.delay > ?1 LIMIT 3
    Output: busy to=data/out-1.parquet"
  `);
});

test.each(HIDDEN_IN_PLANS)('hides %j: %s', (text) => {
  expect(redactPlan(text)).not.toMatch(HIDDEN);
});

test('keeps columns with their tables on both sides of a comparison, and what nodes sort and join by', () => {
  const plans = [
    '(p.age = q.age)',
    'p.age = q.age AND p.name != q.name',
    'JoinExec: on=[p.age = q.age, p.a >= q.b]',
    'SortExec: by=[name, age]',
    "PROJECTION: Expressions=[date_trunc('month', d)]",
  ];
  expect(plans.map((plan) => redactPlan(plan))).toEqual(plans);
});

test.each(['p.host=sekret.com', 'host = sekret.com', 'p.host = sekret', 'p.host = sekret.com Two', 'a.b = c.sekret.d'])(
  'hides the value of %j, which has the form of a column',
  (text) => {
    expect(redactPlan(text)).not.toContain('sekret');
  },
);

test('keeps both sides of comparisons between columns where it is told of them', () => {
  const redacted = ['origin = iata', '(a < b) AND (c = #0)', "origin = 'SEA'", 'origin=SEA', 'a = 5'].map((text) =>
    redactPlan(text, { comparesColumns: true }),
  );
  expect(redacted).toEqual(['origin = iata', '(a < b) AND (c = #0)', 'origin = ?1', 'origin=?1', 'a = ?1']);
  expect(redactPlan('origin = SEA')).toBe('origin = ?1');
});

test('keeps only known names if names are given, and no function', () => {
  const identifiers = ['name', 'bo', 'age', 'sum'];
  expect(redactPlan('(SEA = name) AND sum(age) > my_function(bo)', { identifiers })).toBe(
    '(?1 = name) AND sum(age) > ?2',
  );
  expect(redactPlan('(SEA = name) AND avg(age)', { identifiers })).toBe('(?1 = name) AND ?2(age)');
  expect(redactPlan('SEA', { identifiers })).toBe('?1');
  expect(redactPlan('(id = user_id)', { identifiers: ['id', 'user_id'] })).toBe('(id = user_id)');
});

test('reads the entries of a list as one text, because a literal may be spread over several', () => {
  expect(redactPlanEntries(["(name = CAST('a", 'Sekret', "line' AS VARCHAR))", '(age = 5)'])).toEqual([
    '(name = CAST(?1 AS VARCHAR))',
    '(age = ?2)',
  ]);
});

test('keeps known words only where boxes cut literals apart', () => {
  const box = `┌───────────────────────────┐
│           FILTER          │
│    ────────────────────   │
│  ((i < 4) AND (CAST(i AS  │
│  VARCHAR) != 'very long   │
│      sekret text'))       │
│           ~1 row          │
└─────────────┬─────────────┘`;
  expect(redactPlan(box)).toMatchInlineSnapshot(`
    "┌───────────────────────────┐
    │           FILTER          │
    │    ────────────────────   │
    │  ((?1 < ?2) AND (CAST(?1 AS  │
    │  VARCHAR) !=  ?3
    │      ?4 ?5 ))       │
    │           ~?6 row          │
    └─────────────┬─────────────┘"
  `);
});

describe('for any plan', () => {
  const plan = planWithValues(6);

  test('no value is left, with or without quotes', () => {
    fc.assert(
      fc.property(plan, (text) => {
        expect(redactPlan(text)).not.toMatch(PLAN_VALUE);
      }),
    );
  });

  test('redacting twice changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(plan, fc.string({ unit: 'binary' })), (text) => {
        const once = redactPlan(text);
        expect(redactPlan(once)).toBe(once);
      }),
    );
  });
});

test.each(['a ', 'a=b c, ', '= [ ', 'IN ( ', 'a=b AND ', 'THEN ', 'estimated cardinality: 5 ', 's3://', '#[1'])(
  'cleans many of %j in linear time',
  (unit) => {
    const start = performance.now();
    redactPlan(unit.repeat(200_000 / unit.length));
    expect(performance.now() - start).toBeLessThan(5_000);
  },
);

import { describeError, redactPlan as redactAnyPlan, redactSql as redactAnySql } from '@planscope/redaction';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HIDDEN, HIDDEN_IN_PLANS } from '../../../redaction/test/marked-texts.ts';
import { trinoDialect as dialect } from './trino-dialect.ts';

const redactPlan = (text: string): string => redactAnyPlan(text, { dialect });
const messageOf = (message: string, identifiers: readonly string[] = []): string =>
  describeError(new Error(message), { dialect, identifiers }).message;

test('keeps the expressions of plans readable', () => {
  expect(
    [
      "(mktsegment = varchar(10) 'BUILDING')",
      "((discount BETWEEN double '0.05' AND double '0.07') AND (quantity < double '24.0'))",
      "CAST(divide(integer '1', subtract(linenumber, integer '1')) AS bigint)",
      "approx_percentile(price, double '0.5')",
      'sum DESC NULLS LAST',
      'orderkey::bigint',
      'count(*)',
      "date_trunc('month', orderdate)",
      "like(name, '%green%')",
      "json_extract_scalar(payload, '$.card')",
    ]
      .map(redactPlan)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "(mktsegment = ?1)
    ((discount BETWEEN ?1) AND (quantity < ?2))
    CAST(divide(integer ?1, subtract(linenumber, integer ?1)) AS bigint)
    approx_percentile(price, double ?1)
    sum DESC NULLS LAST
    orderkey::bigint
    count(*)
    date_trunc('month', orderdate)
    like(name, ?1)
    json_extract_scalar(payload, ?1)"
  `);
});

test('keeps the words of statements, and no literal', () => {
  const sql =
    "CREATE TABLE lake.t.x WITH (format = 'PARQUET') AS SELECT name, date_diff('day', a, DATE '1995-03-15') FROM tpch.tiny.customer TABLESAMPLE BERNOULLI (10) WHERE ssn = '123-45-6789'";
  expect(redactAnySql(sql, { dialect })).toMatchInlineSnapshot(
    `"CREATE TABLE lake.t.x WITH (format = ?1) AS SELECT name, date_diff('day', a, DATE ?2) FROM tpch.tiny.customer TABLESAMPLE BERNOULLI (?3) WHERE ssn = ?4"`,
  );
});

test.each(HIDDEN_IN_PLANS)('hides %j: %s', (text) => {
  expect(redactPlan(text)).not.toMatch(HIDDEN);
});

describe('an error message', () => {
  const names = ['tpch', 'tiny', 'nope', 'secretcol', 'price'];

  it.each([
    ["line 1:23: Table 'tpch.tiny.nope' does not exist", "line 1:23: Table 'tpch.tiny.nope' does not exist"],
    ["line 1:8: Column 'secretcol' cannot be resolved", "line 1:8: Column 'secretcol' cannot be resolved"],
    ["line 1:8: Column 'Ada Lovelace' cannot be resolved", "line 1:8: Column '?1' cannot be resolved"],
    ["line 1:15: mismatched input 'FROM'. Expecting: ',', <expression>", "line 1:15: mismatched input 'FROM'"],
    ["line 1:15: mismatched input 'Ada'. Expecting: ','", "line 1:15: mismatched input '?1'"],
    [
      'line 1:9: Cannot apply operator: varchar(10) = integer',
      'line 1:9: Cannot apply operator: varchar(10) = integer',
    ],
    ["Cannot cast 'Ada' to INT", "Cannot cast '?1' to INT"],
    ['Value cannot be cast to date: 12 Ada Street', 'Value cannot be cast to date'],
    ['bigint multiplication overflow: 9223372036854775807 * 2', 'bigint multiplication overflow'],
    [
      "line 1:8: 'concat(price, 'Ada')' must be an aggregate expression or appear in GROUP BY clause",
      "line 1:8: 'concat(price, ?1)' must be an aggregate expression or appear in GROUP BY clause",
    ],
    ['Division by zero', 'Division by zero'],
    ['Query was canceled', 'Query was canceled'],
    ['Query killed. Message: Ada asked for it', 'Query killed.'],
    ['Query exceeded per-node memory limit of 1GB [Allocated: 1GB]', 'Query exceeded per-node memory limit of'],
    ['Too many queued queries for "global"', 'Too many queued queries for "global"'],
    ['Key not present in map: Ada', 'Key not present in map'],
    ['Access Denied: Cannot select from columns [a] in table t', 'Access Denied: Cannot select from'],
    ['Something happened to Ada', 'Error'],
  ])('%s', (message, shown) => expect(messageOf(message, names)).toBe(shown));

  it('shows no value, whatever the message', () => {
    const templates = dialect.errors?.templates ?? [];
    const values = fc.constantFrom("zqxw'7f", 'zqxw', 'zqxw\nzqxw', '12-zqxw', '(zqxw', "''zqxw", 'zqxw: zqxw');
    fc.assert(
      fc.property(fc.constantFrom(...templates), values, values, (template, value, rest) => {
        // A resource group is the cluster's, and a word in an expression is a column.
        fc.pre(!/\{(stored|expression)\}/.test(template));
        const message = template.replaceAll('{number}', '1').replaceAll(/\{\w+\}/g, value) + rest;
        expect(messageOf(message)).not.toContain('zqxw');
      }),
    );
  });
});

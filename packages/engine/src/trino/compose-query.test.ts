import { describe, expect, it } from 'vitest';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { composeQuery } from './compose-query.ts';

const sources = { names: { catalog: 'hive', schema: 'web' } };
const orders = new RelationNode({
  names: ['orders'],
  location: '',
  format: 'table',
  table: 'tpch.tiny.orders',
  field: 'inputs[0]',
});
const view = (viewName: string, sql: string, children = [orders] as (RelationNode | ViewNode)[]): ViewNode =>
  new ViewNode({ viewName, sql, field: 'views[0]', children });

describe('a composed query', () => {
  it('reads an input alone', () => {
    expect(composeQuery(orders, sources).sql).toMatchInlineSnapshot(`
      "WITH "orders" AS (
      SELECT * FROM "tpch"."tiny"."orders"
      )
      SELECT * FROM "orders""
    `);
  });

  it('has the rows of a version that meet all conditions of rules', () => {
    const some = orders.with({ table: 'lake.orders', version: '8937' }).withFilter('a = 1 -- mine').withFilter('b > 2');
    expect(composeQuery(some, sources).sql).toMatchInlineSnapshot(`
      "WITH "orders" AS (
      SELECT * FROM "hive"."lake"."orders" FOR VERSION AS OF 8937 WHERE (a = 1 -- mine
      ) AND (b > 2
      )
      )
      SELECT * FROM "orders""
    `);
  });

  it('reads files by the query that has them', () => {
    const files = { ...sources, fileQuery: () => 'SELECT "a" AS "A" FROM "hive"."scratch"."t"' };
    expect(composeQuery(orders, files).sql).toMatchInlineSnapshot(`
      "WITH "orders" AS (
      SELECT "a" AS "A" FROM "hive"."scratch"."t"
      )
      SELECT * FROM "orders""
    `);
    expect(composeQuery(orders.withFilter('a > 1'), files).sql).toContain(
      'SELECT * FROM (\nSELECT "a" AS "A" FROM "hive"."scratch"."t"\n) WHERE (a > 1\n)',
    );
  });

  it('has the views below it, and the outermost one as it is, which keeps its order', () => {
    const day = view('day', 'SELECT orderdate, count(*) AS n FROM orders GROUP BY 1;');
    const most = view('most', 'SELECT * FROM day ORDER BY n DESC ; -- the end', [day]);
    const composed = composeQuery(most, sources);
    expect(composed.sql).toMatchInlineSnapshot(`
      "WITH "orders" AS (
      SELECT * FROM "tpch"."tiny"."orders"
      ), "day" AS (
      SELECT orderdate, count(*) AS n FROM orders GROUP BY 1
      )
      SELECT * FROM day ORDER BY n DESC "
    `);
    expect(composed).toMatchObject({ inputs: ['orders'], views: ['day', 'most'] });
  });

  it('joins its definitions with those of the view', () => {
    expect(
      composeQuery(view('v', '/* mine */ with x AS (SELECT * FROM orders) SELECT * FROM x ORDER BY 1'), sources).sql,
    ).toMatchInlineSnapshot(`
      "/* mine */ WITH "orders" AS (
      SELECT * FROM "tpch"."tiny"."orders"
      ),  x AS (SELECT * FROM orders) SELECT * FROM x ORDER BY 1"
    `);
  });

  it.each([
    ['WITH RECURSIVE t(n) AS (SELECT 1) SELECT n FROM t, orders'],
    ['WITH orders AS (SELECT 1 AS n) SELECT n FROM orders'],
  ])('keeps the definitions of a view apart where they cannot be joined: %s', (sql) => {
    expect(composeQuery(view('v', sql), sources).sql).toBe(
      `WITH "orders" AS (\nSELECT * FROM "tpch"."tiny"."orders"\n)\nSELECT * FROM (\n${sql}\n)`,
    );
    expect(() => composeQuery(view('v', `${sql} ORDER BY n`), sources)).toThrow(
      expect.objectContaining({ code: 'unsupported-by-engine', field: 'views[0].sql' }),
    );
  });

  it.each([
    ['orders', {}, 'schema'],
    ['orders', { schema: 'web' }, 'catalog'],
    ['web.orders', {}, 'catalog'],
  ])('needs the full name of %s with %j', (table, known, missing) => {
    expect(() => composeQuery(orders.with({ table }), { names: known })).toThrow(
      `inputs[0].table: "${table}" has no ${missing}; write "catalog.schema.table", or set trino.${missing} of the engine`,
    );
  });
});

import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { displayPlan, type LogicalPlan } from '@planscope/plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../run/engine.ts';
import type { ExecutionSpec, RulepackSpec } from '../spec/execution-spec.ts';

let engine: Engine;
let unordered: Engine;
let planned: LogicalPlan;

beforeAll(async () => {
  const memory = new MemoryStore();
  await memory.put('people.csv', 'id,team,age\n1,red,10\n2,blue,20\n3,red,30\n');
  await memory.put('pairs.csv', 'id,Twice,twice\n1,2,3\n');
  const look = { name: 'look', apply: (plan: LogicalPlan) => (planned = plan) };
  const options = {
    tracing: { preset: 'off' },
    environment: {},
    stores: createStoreRegistry({ stores: [memory] }),
    rules: { optimizer: [look] },
  } as const;
  engine = await createEngine(options);
  unordered = await createEngine({ ...options, duckdb: { settings: { preserve_insertion_order: false } } });
});

afterAll(() => Promise.all([engine.close(), unordered.close()]));

/** The optimized plan of some views, the last of which is the output. */
async function planOf(queries: readonly string[], only: string, on = engine): Promise<string> {
  const spec: ExecutionSpec = {
    version: 1,
    inputs: [
      { name: 'people', location: 'memory:///people.csv' },
      { name: 'pairs', location: 'memory:///pairs.csv' },
    ],
    views: queries.map((sql, index) => ({ name: `v${index + 1}`, sql })),
    outputs: [{ name: 'out', from: `v${queries.length}` }],
  };
  const rulepack: RulepackSpec = { profile: 'low-latency', add: [only] };
  await on.run({ ...spec, rulepack });
  return displayPlan(planned).replaceAll(', format=csv, location=memory:///', ' ').replaceAll('name=', '');
}

describe('prune_unused_columns', () => {
  const columns = async (...queries: string[]): Promise<string[]> => {
    const plan = await planOf(queries, 'prune_unused_columns');
    return [...plan.matchAll(/Relation: (\w+) .*columns=\[(.*?)\]|View: (\w+), columns=\[(.*?)\]/g)].map(
      ([, relation, read, view, kept]) => `${relation ?? view}(${read ?? kept})`,
    );
  };

  it('shows in the plan what is left', async () => {
    expect(
      await planOf(['SELECT * FROM people WHERE age > 1', 'SELECT id FROM v1'], 'prune_unused_columns'),
    ).toMatchInlineSnapshot(`
      "Spec
        Output: out, to=caller
          View: v2, sql=SELECT id FROM v1
            View: v1, columns=[id], sql=SELECT * FROM people WHERE age > 1
              Relation: people people.csv, columns=[id, age]"
    `);
  });

  it.each<[string, string[], string[]]>([
    ['what a query names', ['SELECT ID FROM people ORDER BY age'], ['people(id, age)']],
    ['one column to count rows by', ['SELECT count(*) AS n FROM people'], ['people(id)']],
    ['what any consumer names', ['SELECT id FROM people', 'SELECT age FROM people, v1'], ['people(id, age)']],
    ['the columns of USING', ['SELECT l.team FROM people AS l JOIN people AS r USING (id)'], ['people(id, team)']],
    ['what a subquery names', ['SELECT id FROM people WHERE EXISTS (SELECT age)'], ['people(id, age)']],
    ['what passes through *', ['FROM people', 'SELECT team FROM v1'], ['v1(team)', 'people(team)']],
    ['a column to count what passes', ['FROM people', 'SELECT count(*) AS n FROM v1'], ['v1(id)', 'people(id)']],
    ['an order that passes', ['FROM people ORDER BY age', 'SELECT id FROM v1'], ['v1(id)', 'people(id, age)']],
  ])('keeps %s', async (_, queries, expected) => {
    expect(await columns(...queries)).toEqual(expected);
  });

  const all = 'people(id, team, age)';
  it.each<[string, string[], string[]]>([
    ['an output', ['FROM people'], [all]],
    ['* of a table', ['SELECT people.* FROM people', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['* with an exception', ['SELECT * EXCLUDE (age) FROM people', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['COLUMNS', [`SELECT COLUMNS('.d') FROM people`], [all]],
    ['* below', ['SELECT id FROM (SELECT * FROM people)'], [all]],
    ['DISTINCT *', ['SELECT DISTINCT * FROM people', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['UNION of *', ['FROM people UNION FROM people', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['* ordered by place', ['FROM people ORDER BY 3', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['* grouped', ['SELECT *, count(*) AS n FROM people GROUP BY ALL', 'SELECT id FROM v1'], ['v1(id)', all]],
    ['a NATURAL JOIN', ['SELECT id FROM people AS l NATURAL JOIN people AS r'], [all]],
    ['a row as a value', ['SELECT p::VARCHAR AS p FROM people AS p'], [all]],
    ['a reference by place', ['SELECT #2 AS second FROM people'], [all]],
    ['columns renamed by place', ['SELECT a FROM people AS p(a, b, c)'], [all]],
    ['PIVOT', [`FROM (PIVOT people ON team IN ('red') USING sum(age))`, 'SELECT id FROM v1'], ['v1(id)', all]],
    ['SUMMARIZE', ['SELECT column_name FROM (SUMMARIZE people)'], [all]],
  ])('leaves everything below %s', async (_, queries, expected) => {
    expect(await columns(...queries)).toEqual(expected);
  });

  it('leaves a view whose columns share a name', async () => {
    expect(await columns('SELECT id AS a, age AS a, team FROM people', 'SELECT a_1 FROM v1')).toEqual([all]);
    expect(await columns('SELECT id AS a, age AS A, team FROM people', 'SELECT a_1 FROM v1')).toEqual([all]);
  });
});

describe('push_limits', () => {
  const limits = async (queries: readonly string[], on?: Engine): Promise<string[]> => {
    const plan = await planOf(queries, 'push_limits', on);
    return [...plan.matchAll(/View: (\w+), limit=(\d+)/g)].map(([, view, limit]) => `${view} ${limit}`);
  };

  it.each<[string, string[], string[]]>([
    ['a view of columns', ['SELECT id, age + 1 AS age FROM people', 'FROM v1 LIMIT 2'], ['v1 2']],
    ['a filter', ['FROM people WHERE age > 15', 'SELECT id FROM v1 LIMIT 1'], ['v1 1']],
    ['a filter, with the rows it skips', ['FROM people WHERE age > 15', 'FROM v1 LIMIT 1 OFFSET 1'], ['v1 2']],
    ['views above one another', ['FROM people WHERE id < 3', 'FROM v1', 'FROM v2 LIMIT 1'], ['v2 1', 'v1 1']],
  ])('goes into %s', async (_, queries, expected) => {
    expect(await limits(queries)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['through a filter', ['FROM people', 'FROM v1 WHERE age > 15 LIMIT 1']],
    ['through an order', ['FROM people', 'FROM v1 ORDER BY age LIMIT 1']],
    ['into an order', ['FROM people ORDER BY team', 'FROM v1 LIMIT 1']],
    ['into a join', ['SELECT l.id FROM people AS l JOIN people AS r USING (team)', 'FROM v1 LIMIT 1']],
    ['into what is above a join', ['SELECT l.id FROM people AS l, people AS r', 'FROM v1', 'FROM v2 LIMIT 1']],
    ['into groups', ['SELECT team, count(*) AS n FROM people GROUP BY team', 'FROM v1 LIMIT 1']],
    ['into an aggregate', ['SELECT max(age) AS age FROM people', 'FROM v1 LIMIT 1']],
    ['into DISTINCT', ['SELECT DISTINCT team FROM people', 'FROM v1 LIMIT 1']],
    ['into a sample', ['SELECT id FROM people USING SAMPLE 100%', 'FROM v1 LIMIT 1']],
    ['into rows that unnest makes', ['SELECT unnest([1, 2]) AS x FROM people', 'FROM v1 LIMIT 1']],
    ['into windows', ['SELECT sum(age) OVER () AS age FROM people', 'FROM v1 LIMIT 1']],
    ['into a limit', ['FROM people LIMIT 2', 'FROM v1 LIMIT 1']],
    ['into a subquery', ['SELECT (SELECT max(age) FROM people) AS age FROM people', 'FROM v1 LIMIT 1']],
    ['as a percentage', ['FROM people', 'FROM v1 LIMIT 50%']],
    ['as an expression', ['FROM people', 'FROM v1 LIMIT 1 + 1']],
    ['into what others read', ['FROM people', 'FROM v1 LIMIT 1', 'SELECT id FROM v1 UNION ALL SELECT id FROM v2']],
  ])('does not go %s', async (_, queries) => {
    expect(await limits(queries)).toEqual([]);
  });

  it('does nothing where the engine does not keep the order of its input', async () => {
    expect(await limits(['FROM people', 'FROM v1 LIMIT 2'], unordered)).toEqual([]);
  });
});

describe('inline_single_use_views', () => {
  const inlined = async (...queries: string[]): Promise<string[]> => {
    const plan = await planOf(queries, 'inline_single_use_views');
    return [...plan.matchAll(/View: (\w+), inlined=true/g)].map(([, view]) => String(view));
  };

  it.each<[string, string[], string[]]>([
    ['a view in FROM', ['FROM people', 'SELECT id FROM v1'], ['v2', 'v1']],
    ['a view in a join', ['FROM people', 'SELECT id FROM v1 JOIN people USING (id)'], ['v2', 'v1']],
    ['a view in a union', ['FROM people', '(SELECT id FROM v1 LIMIT 1) UNION SELECT 1'], ['v2', 'v1']],
  ])('takes in %s', async (_, queries, expected) => {
    expect(await inlined(...queries)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['named twice', ['FROM people', 'SELECT l.id FROM v1 AS l, v1 AS r']],
    ['in a subquery', ['SELECT 1 AS id', 'SELECT id FROM people WHERE id IN (SELECT id FROM v1)']],
    ['in a common table expression', ['FROM people', 'WITH c AS (FROM v1) SELECT a.id FROM c AS a, c AS b']],
    [
      'in a recursive one',
      ['SELECT 1 AS x', 'WITH RECURSIVE r AS (FROM v1 UNION SELECT x + 1 FROM r WHERE x < 3) FROM r'],
    ],
  ])('leaves a view that is %s', async (_, queries) => {
    expect(await inlined(...queries)).toEqual(['v2']);
  });

  it('never has random() give a view two contents', async () => {
    const { outputs } = await engine.run({
      version: 1,
      views: [
        { name: 'v', sql: 'SELECT random() AS x' },
        { name: 'w', sql: 'SELECT a.x = b.x AS same FROM v AS a, v AS b' },
      ],
      outputs: [{ name: 'w', from: 'w' }],
    });
    expect(outputs[0]?.batches?.[0]?.get(0)?.same).toBe(true);
  });
});

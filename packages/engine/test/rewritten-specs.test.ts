import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { type LogicalPlan, walkPlan } from '@planscope/plan';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec, RelationNode, type RulepackSpec } from '../src/index.ts';
import { viewGraphs } from './view-graphs.ts';

/** Nothing that rewrites a specification runs. */
const asWritten: RulepackSpec = { profile: 'low-latency', exclude: ['prune_unused'] };

/** A graph that every rule rewrites. */
const everyRule: ExecutionSpec = {
  version: 1,
  inputs: [
    { name: 'people', location: 'memory:///people.csv' },
    { name: 'again', location: 'memory:///people.csv' },
  ],
  views: [
    { name: 'old', sql: 'SELECT * FROM people WHERE age > 2' },
    { name: 'three', sql: 'SELECT id, team FROM old LIMIT 3' },
    { name: 'cities', sql: 'SELECT city FROM three JOIN again USING (id)' },
  ],
  outputs: [{ name: 'cities', from: 'cities' }],
};

let engine: Engine;
let planned: LogicalPlan;

beforeAll(async () => {
  const memory = new MemoryStore();
  const people = Array.from({ length: 12 }, (_, id) => `${id % 9},t${id % 3},${(id * 7) % 10},c${id % 4}`);
  await memory.put('people.csv', ['id,team,age,city', ...people, ''].join('\n'));
  const look = { name: 'look', apply: (plan: LogicalPlan) => (planned = plan) };
  engine = await createEngine({
    tracing: { preset: 'off' },
    environment: {},
    stores: createStoreRegistry({ stores: [memory] }),
    rules: { optimizer: [look] },
  });
  await engine.run({
    version: 1,
    views: [
      {
        name: 'v',
        sql: `SELECT (range % 7)::INT AS id, 'p' || range % 3 AS page, (range * 5 % 8)::INT AS seconds FROM range(14)`,
      },
    ],
    outputs: [{ name: 'v', from: 'v', location: 'memory:///visits.parquet' }],
  });
});

afterAll(() => engine.close());

async function rowsOf(spec: ExecutionSpec, rulepack: RulepackSpec): Promise<unknown[]> {
  const { outputs } = await engine.run({ ...spec, rulepack });
  return outputs.map(({ name, schema, batches = [] }) => {
    const rows = batches.flatMap((batch) => batch.toArray().map((row) => String(row)));
    return { name, columns: schema?.fields.map(String), rows: rows.sort() };
  });
}

describe('a rewritten specification', () => {
  it('gives the rows of the one as written', async () => {
    const seen = { shared: 0 };
    await fc.assert(
      fc.asyncProperty(viewGraphs(), async (spec) => {
        const written = await rowsOf(spec, asWritten);
        expect(await rowsOf(spec, { profile: 'default' })).toEqual(written);
        for (const node of walkPlan(planned)) {
          if (node instanceof RelationNode && node.names.length > 1) seen.shared += 1;
        }
      }),
      { numRuns: 60, examples: [[everyRule]] },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, `${what} was tried`).toBeGreaterThan(0);
    // Time to shrink a counterexample; without one it is done in seconds.
  }, 120_000);
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esm from '@planscope/engine';
import { type LogicalPlan, transformPlan } from '@planscope/plan';
import { recordingProvider, spanLines } from '../recording-provider.ts';

const cjs = createRequire(import.meta.url)('@planscope/engine') as typeof esm;

/** A rule of a CommonJS module in a program whose engine is ESM, or the other way round. */
function tenantFilter({ RelationNode }: typeof esm): { name: string; apply(plan: LogicalPlan): LogicalPlan } {
  const filtered = (node: LogicalPlan): LogicalPlan =>
    node instanceof RelationNode ? node.withFilter("tenant = 'blue'") : node;
  return { name: 'tenant_filter', apply: (plan) => transformPlan(plan, filtered) };
}

/** Replaces a view by one that the other build has made. */
function fewerRows({ ViewNode, withSpan }: typeof esm): { name: string; apply(plan: LogicalPlan): LogicalPlan } {
  const limited = (node: LogicalPlan): LogicalPlan => {
    if (!(node instanceof ViewNode) || node.sql.endsWith('LIMIT 1')) return node;
    const { viewName, field, children, schema, columns } = node;
    return new ViewNode({
      ...{ viewName, field, children, sql: `${node.sql} LIMIT 1` },
      ...(schema && { schema }),
      ...(columns && { columns }),
    });
  };
  const apply = (plan: LogicalPlan): LogicalPlan => withSpan('look', {}, () => transformPlan(plan, limited));
  return { name: 'fewer_rows', apply };
}

export async function main(): Promise<string> {
  assert.notEqual(esm.createEngine, cjs.createEngine);
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    await writeFile(join(folder, 'flights.csv'), 'tenant,delay\nblue,5\nred,15\nblue,40\n');
    for (const [one, other] of [
      [esm, cjs],
      [cjs, esm],
    ] as const) {
      await runWith(one, other, join(folder, 'flights.csv'));
    }
    return 'rules, spans and errors of one build work in the engine of the other';
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runWith(one: typeof esm, other: typeof esm, location: string): Promise<void> {
  const tracerProvider = recordingProvider();
  const rules = { optimizer: [tenantFilter(other), fewerRows(other)] };
  const engine = await one.createEngine({ tracing: { preset: 'maximal' }, environment: {}, tracerProvider, rules });
  try {
    const spec: esm.ExecutionSpec = {
      version: 1,
      inputs: [{ name: 'flights', location }],
      views: [{ name: 'all_flights', sql: 'SELECT * FROM flights ORDER BY delay DESC' }],
      outputs: [
        { name: 'filtered', from: 'flights' },
        { name: 'first', from: 'all_flights' },
      ],
    };
    const { outputs } = await engine.run(spec);
    assert.deepEqual(
      outputs.map(({ rows }) => rows),
      [2, 1],
    );
    assert.ok(spanLines(tracerProvider).filter((line) => line.startsWith('planscope.execute')).length === 1);
    await assert.rejects(engine.run({ ...spec, inputs: [] }), (error) => other.SpecError.isInstance(error));
  } finally {
    await engine.close();
  }
  await assert.rejects(engine.run({ version: 1, outputs: [] }), (error) => other.EngineError.isInstance(error));
}

import { readFileSync } from 'node:fs';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec } from '../src/index.ts';
import { tenantFilter } from './tenant-filter.example.ts';

const TENANT = "o'hara-7";

let recorder: SpanRecorder;
let memory: MemoryStore;
let engine: Engine;

beforeEach(async () => {
  recorder = createSpanRecorder();
  memory = new MemoryStore();
  await memory.put('orders.csv', `id,tenant,amount\n1,${TENANT},10\n2,other,20\n3,${TENANT},30\n`);
  await memory.put('days.csv', `id,day\n1,monday\n`);
  engine = await createEngine({
    tracing: { preset: 'maximal', preview: { limit: 0 } },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    rules: { optimizer: [tenantFilter(TENANT)] },
  });
});

afterEach(() => engine.close());

function sumOf(location: string): ExecutionSpec {
  return {
    version: 1,
    inputs: [{ name: 'orders', location }],
    views: [{ name: 'total', sql: 'SELECT sum(amount)::INT AS amount, count(*)::INT AS orders FROM orders' }],
    outputs: [{ name: 'total', from: 'total' }],
  };
}

it('is what the document shows', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../../../docs/custom-rules.md')).toContain(`\`\`\`ts\n${read('./tenant-filter.example.ts')}\`\`\``);
});

it('filters every scan, by a column that no query names', async () => {
  const { outputs } = await engine.run(sumOf('memory:///orders.csv'));
  expect(outputs[0]?.batches?.[0]?.toArray().map(({ amount, orders }) => [amount, orders])).toEqual([[40, 2]]);
});

it('shows in the plan without the tenant', async () => {
  await engine.run(sumOf('memory:///orders.csv'));
  const spans = recorder.spans();
  const rule = spans.find(({ name }) => name === 'tenant_filter (modified)');
  expect(rule?.attributes['datafusion.plan_diff']).toMatchInlineSnapshot(`
    "@@ -1,4 +1,4 @@
     Spec
       Output: name=total, to=caller
         View: name=total, sql=SELECT sum(amount)::INT AS amount, count(*)::INT AS orders FROM orders
    -      Relation: name=orders, format=csv, location=memory:///orders.csv, columns=[id, tenant, amount]
    +      Relation: name=orders, format=csv, location=memory:///orders.csv, columns=[id, tenant, amount], filter=(tenant = ?1)"
  `);
  assertTraceInvariants(spans, { schemas: [sharedSchema, duckdbSchema], secrets: [TENANT, 'hara-7'] });
});

it('ends the run where it cannot do its work', async () => {
  const spec: ExecutionSpec = {
    version: 1,
    inputs: [{ name: 'days', location: 'memory:///days.csv' }],
    outputs: [{ name: 'days', from: 'days' }],
  };
  await expect(engine.run(spec)).rejects.toThrow('input "days" has no column "tenant"');
});

it('is part of the fingerprint of the rules', async () => {
  const { rulepackFingerprint } = await engine.run(sumOf('memory:///orders.csv'));
  const without = await createEngine({
    tracing: { preset: 'off' },
    environment: {},
    stores: createStoreRegistry({ stores: [memory] }),
  });
  expect((await without.run(sumOf('memory:///orders.csv'))).rulepackFingerprint).not.toBe(rulepackFingerprint);
  await without.close();
});

/**
 * What a program sees that loads the ESM and the CommonJS build of each package: one trace. Tests hold the keys of shared
 * state, and the markers of error classes, to their lists.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { trace } from '@opentelemetry/api';
import * as bootstrap from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import * as duckdb from '@planscope/duckdb';
import * as engine from '@planscope/engine';
import * as execution from '@planscope/exec-instrumentation';
import * as stores from '@planscope/object-store';
import * as plan from '@planscope/plan';
import { logicalNode, testTaskContext, UnionExec, ValuesExec } from '@planscope/plan/testing';
import * as rules from '@planscope/rule-instrumentation';
import * as testing from '@planscope/testing';

const load = createRequire(import.meta.url);

/** The CommonJS build of a module. */
function other<Module extends object>(name: string, esm: Module): Module {
  const cjs: Module = load(`@planscope/${name}`);
  assert.notEqual(
    Object.values(cjs).find((value) => typeof value === 'function'),
    undefined,
  );
  for (const [key, value] of Object.entries(cjs)) {
    if (typeof value === 'function') assert.notEqual(value, esm[key as keyof Module], `${name} has one build only`);
  }
  return cjs;
}

const CSV = 'tenant,delay\nblue,5\nred,15\nblue,40\n';

const checks: Readonly<Record<string, (folder: string) => Promise<void> | void>> = {
  'a store is traced once, and writes to one file keep their order': async (folder) => {
    const cjs = other('object-store', stores);
    const recorder = testing.createSpanRecorder();
    const inner = new stores.MemoryStore();
    const traced = stores.instrumentStore(inner, recorder);
    assert.equal(cjs.instrumentStore(traced, recorder), traced);
    assert.equal(cjs.innerStore(traced), inner);
    const { store } = cjs.createStoreRegistry({ stores: [traced] }).resolve('memory:///sales');
    await store.put('sales/a.csv', CSV);
    assert.equal(recorder.spans().length, 1);

    const [one, two] = [new stores.FileStore({ root: folder }), new cjs.FileStore({ root: folder })];
    const created = [one, two, one, two].map((files) => files.put('a.csv', CSV, { mode: 'create' }));
    const settled = await Promise.allSettled(created);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1, 'created once');
    const eTags = new Set<string | undefined>();
    for (let round = 0; round < 20; round += 1) {
      for (const files of [one, two]) eTags.add((await files.put('a.csv', CSV)).eTag);
    }
    assert.equal(eTags.size, 40, 'each write is a version of its own');
  },

  'a session is traced once': async () => {
    const recorder = testing.createSpanRecorder();
    const queryPlanner = { createPhysicalPlan: () => new ValuesExec([[]]) };
    const session = { analyzerRules: [], optimizerRules: [], physicalOptimizerRules: [], queryPlanner };
    const once = rules.instrumentSession(session, recorder);
    const twice = other('rule-instrumentation', rules).instrumentSession(once, recorder);
    await plan.planQuery(twice, logicalNode('Scan', 'flights'), testTaskContext());
    assert.equal(recorder.spans().length, 4);
  },

  'an operator is wrapped once, and operators of both builds make one tree': async () => {
    const cjs = other('exec-instrumentation', execution);
    const recorder = testing.createSpanRecorder();
    const context = testTaskContext();
    const leaf = await cjs.instrumentExecution(recorder).apply(new ValuesExec([[]]), context);
    assert.ok(execution.isInstrumented(leaf));
    const rule = execution.instrumentExecution(recorder);
    const union = await rule.apply(new UnionExec([leaf, new ValuesExec([[]])]), context);
    assert.equal(await cjs.instrumentExecution(recorder).apply(union, context), union);
    for (let partition = 0; partition < union.properties.partitionCount; partition += 1) {
      for await (const _ of union.execute(partition, context).batches);
    }
    assert.equal(recorder.spans().length, 3);
  },

  'a connection is traced once; the log of its instance is shared': async (folder) => {
    const cjs = other('duckdb', duckdb);
    const recorder = testing.createSpanRecorder();
    const instance = await DuckDBInstance.create();
    const options = { ...recorder, events: { instance } };
    const one = duckdb.traceConnection(await instance.connect(), options);
    assert.equal(cjs.traceConnection(one, options), one);
    const two = cjs.traceConnection(await instance.connect(), options);
    await writeFile(join(folder, 'flights.csv'), CSV);
    const drawn = async (): Promise<typeof spans> => {
      await Promise.all([duckdb.flush(), cjs.flush()]);
      return recorder.spans();
    };
    let spans: ReturnType<typeof recorder.spans> = [];
    for (const connection of [one, two]) {
      const before = spans.length;
      await connection.run(`SELECT count(*) FROM '${join(folder, 'flights.csv')}'`);
      spans = await drawn();
      const read = spans.slice(before).map(({ attributes }) => Number(attributes['planscope.metrics.bytes_read'] ?? 0));
      assert.ok(Math.max(...read) > 0, 'both connections read the log that they share');
    }
    for (const closed of [one, two, instance]) closed.closeSync();

    // A database belongs to one session of the process.
    const path = join(folder, 'shop.duckdb');
    const session = await duckdb.DuckDBSession.open({ path });
    await assert.rejects(cjs.DuckDBSession.open({ path }), { code: 'database-in-use' });
    await session.close();
  },

  'rules and spans of one build work in the engine of the other': async (folder) => {
    const cjs = other('engine', engine);
    const location = join(folder, 'flights.csv');
    await writeFile(location, CSV);
    for (const [one, two] of [
      [engine, cjs],
      [cjs, engine],
    ] as const) {
      const recorder = testing.createSpanRecorder();
      const filtered = (node: plan.LogicalPlan): plan.LogicalPlan => {
        if (node instanceof two.RelationNode) return node.withFilter("tenant = 'blue'");
        if (!(node instanceof two.ViewNode) || node.sql.endsWith('LIMIT 1')) return node;
        const { viewName, field, children, schema, columns } = node;
        const resolved = { ...(schema && { schema }), ...(columns && { columns }) };
        return new two.ViewNode({ viewName, field, children, ...resolved, sql: `${node.sql} LIMIT 1` });
      };
      const rule = {
        name: 'blue_and_first',
        apply: (given: plan.LogicalPlan) => two.withSpan('look', {}, () => plan.transformPlan(given, filtered)),
      };
      const options = { environment: {}, tracing: { preset: 'maximal' }, rules: { optimizer: [rule] } } as const;
      const running = await one.createEngine({ ...options, ...recorder });
      const { outputs } = await running.run({
        version: 1,
        inputs: [{ name: 'flights', location }],
        views: [{ name: 'all_flights', sql: 'SELECT * FROM flights' }],
        outputs: [
          { name: 'filtered', from: 'flights' },
          { name: 'first', from: 'all_flights' },
        ],
      });
      await running.close();
      assert.deepEqual(
        outputs.map(({ rows }) => rows),
        [2, 1],
      );
      const roots = recorder.spans().filter(({ parentSpanContext }) => parentSpanContext === undefined);
      assert.deepEqual(
        roots.map(({ name }) => name),
        ['planscope.execute'],
      );
    }
  },

  'one pipeline runs, exports each span once, and listens to signals once': async (folder) => {
    const cjs = other('bootstrap', bootstrap);
    const path = join(folder, 'traces.jsonl');
    const { config } = resolveTracingConfig({ environment: {}, explicit: { exporters: ['file'], file: { path } } });
    const listeners = (): number => process.listenerCount('SIGTERM');
    const before = listeners();
    const warnings: string[] = [];
    const first = bootstrap.startTracing(config, { warn: (message) => assert.fail(message) });
    const listening = listeners();
    const second = cjs.startTracing(config, { warn: (message) => warnings.push(message) });
    assert.deepEqual([first.existing, second.existing], [false, true]);
    assert.match(warnings.join('\n'), /started before/);
    // With a listener of each, a signal would end nothing: each would leave that to the other.
    const third = cjs.startTracing(config, { register: 'never' });
    assert.equal(listeners(), listening);
    await third.shutdown();

    trace.getTracer('shop').startSpan('checkout').end();
    await second.shutdown();
    trace.getTracer('shop').startSpan('payment').end();
    await first.shutdown();
    const names = [...(await readFile(path, 'utf8')).matchAll(/"name":"(checkout|payment)"/g)].map(([, name]) => name);
    assert.deepEqual(names, ['checkout', 'payment']);
    assert.equal(listeners(), before);
  },
};

export async function main(): Promise<void> {
  for (const [what, check] of Object.entries(checks)) {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-both-builds-'));
    try {
      await check(folder);
    } catch (error) {
      throw new Error(`it does not hold that ${what}`, { cause: error });
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

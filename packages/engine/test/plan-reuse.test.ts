import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import {
  createStoreRegistry,
  FileStore,
  MemoryStore,
  type ObjectMeta,
  type ObjectStore,
} from '@planscope/object-store';
import { type OptimizerRule, type PhysicalOptimizerRule, transformPlan } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type ExecutionSpec,
  RelationNode,
  type RunResult,
} from '../src/index.ts';

const recorder = createSpanRecorder();
let folder: string;
let memory: MemoryStore;
let engines: Engine[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-reuse-'));
  memory = new MemoryStore();
  await memory.put('people.csv', 'name,age\nann,30\nbob,60\n');
  engines = [];
  recorder.clear();
});

afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  await rm(folder, { recursive: true });
});

async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const engine = await createEngine({
    tracing: { preset: 'production-lean', ruleMode: 'full' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    ...options,
  });
  engines.push(engine);
  return engine;
}

const spec = (location = 'memory:///people.csv', sql = 'SELECT * FROM people WHERE age > 40'): ExecutionSpec => ({
  version: 1,
  inputs: [{ name: 'people', location }],
  views: [{ name: 'old', sql }],
  outputs: [{ name: 'old', from: 'old' }],
});

const rowsOf = ({ outputs }: RunResult): unknown[] =>
  (outputs[0]?.batches ?? []).flatMap((batch) => batch.toArray().map((row) => Object.values(row.toJSON())));

/** `planscope.plan.reused` of each run. */
function reuses(): unknown[] {
  const runs = recorder.spans().filter(({ name }) => name === 'planscope.execute');
  return runs.map(({ attributes }) => attributes['planscope.plan.reused']);
}

describe('a plan', () => {
  it('is made once, and the trace shows which run made it', async () => {
    const engine = await openEngine();
    const first = await engine.run(spec());
    recorder.clear();
    const second = await engine.run({ ...spec(), runtime: { tags: { round: 2 } } });
    expect([first.planReused, second.planReused]).toEqual([false, true]);
    const own = recorder
      .spans()
      .filter(
        ({ name, attributes }) =>
          /^(?:planscope|memory)\.|Exec$/.test(name) || attributes['planscope.planner'] === 'spec',
      );
    expect(renderSpanTree(own, { attributes: ['planscope.plan.reused'] })).toMatchInlineSnapshot(`
      "planscope.execute planscope.plan.reused=true
        memory.head
        create_physical_plan
        optimize_physical_plan
          instrument_execution
        DuckDBExec
          FetchExec
            memory.get"
    `);
    expect(rowsOf(second)).toEqual(rowsOf(first));
    const { specHash, envelopeHash, rulepackFingerprint, planFingerprint } = first;
    expect(second).toMatchObject({ specHash, envelopeHash, rulepackFingerprint, planFingerprint });
    expect(second.outputs[0]?.schema?.fields.map(String)).toEqual(first.outputs[0]?.schema?.fields.map(String));
  });

  it('belongs to one specification', async () => {
    const engine = await openEngine();
    await engine.run(spec());
    for (const other of [
      spec('memory:///people.csv', 'SELECT * FROM people WHERE age > 41'),
      { ...spec(), outputs: [{ name: 'other', from: 'old' }] },
      { ...spec(), rulepack: { profile: 'low-latency' } },
    ] satisfies ExecutionSpec[]) {
      expect((await engine.run(other)).planReused).toBe(false);
    }
    expect((await engine.run(spec())).planReused).toBe(true);
  });

  it('is made again when an input was replaced, and the new rows are read', async () => {
    const engine = await openEngine();
    await engine.run(spec());
    await memory.put('people.csv', 'age;first name;name\n70;x;cem\n');
    const changed = await engine.run(spec());
    expect(changed.planReused).toBe(false);
    expect(rowsOf(changed)).toEqual([[70n, 'x', 'cem']]);
    expect(changed.outputs[0]?.schema?.fields.map(({ name }) => name)).toEqual(['age', 'first name', 'name']);
    // The objects were found before the run knew that it has to plan, and are not requested again.
    expect(recorder.spans().filter(({ name }) => name === 'memory.head')).toHaveLength(2);
    expect((await engine.run(spec())).planReused).toBe(true);
  });

  it('is made again when a pattern matches more objects', async () => {
    const engine = await openEngine();
    const all = spec('memory:///*.csv', 'SELECT count(*)::INT AS n FROM people');
    await engine.run(all);
    await memory.put('q.csv', 'name,age\ncem,70\n');
    const more = await engine.run(all);
    expect([more.planReused, rowsOf(more)]).toEqual([false, [[3]]]);
  });

  it('is made again when a file was rewritten with the same size', async () => {
    const path = join(folder, 'people.csv');
    await writeFile(path, 'name,age\nann,30\nbob,60\n');
    const engine = await openEngine({ stores: createStoreRegistry() });
    const first = await engine.run(spec(path));
    expect((await engine.run(spec(path))).planReused).toBe(true);
    await writeFile(path, 'eman,age\nnna,30\nbbo,60\n');
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    const changed = await engine.run(spec(path));
    expect(changed.planReused).toBe(false);
    expect(changed.outputs[0]?.schema?.fields[0]?.name).toBe('eman');
    expect(changed.envelopeHash).not.toBe(first.envelopeHash);
  });

  it.each([
    ['no etags', undefined],
    ['weak etags', 'W/"1"'],
  ])('is checked by the time of writing if a store has %s', async (_, eTag) => {
    const plain = withEtag(memory, eTag);
    const engine = await openEngine({ stores: createStoreRegistry({ stores: [plain] }) });
    await engine.run(spec());
    expect((await engine.run(spec())).planReused).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await memory.put('people.csv', 'name,age\nann,30\nbea,70\n');
    const changed = await engine.run(spec());
    expect([changed.planReused, rowsOf(changed)]).toEqual([false, [['bea', 70n]]]);
  });

  it('does not fix the dialect of an object that can change before it is fetched', async () => {
    await memory.put('people.csv', 'name,age\nannie,60\n');
    let isReplaced = false;
    const replace = async (): Promise<void> => {
      if (isReplaced) await memory.put('people.csv', 'name,age\n"bob",70\n');
    };
    const plain = withEtag(memory, undefined, replace);
    const engine = await openEngine({ stores: createStoreRegistry({ stores: [plain] }) });
    await engine.run(spec());
    isReplaced = true;
    const again = await engine.run(spec());
    expect([again.planReused, rowsOf(again)]).toEqual([true, [['bob', 70n]]]);
  });

  it('is not kept when a file was replaced during planning', async () => {
    const [path, aside] = [join(folder, 'people.csv'), join(folder, 'aside.csv')];
    await writeFile(path, 'name,age\n"bob",60\n');
    await writeFile(aside, 'name,age\nannie,70\n');
    const files = new FileStore({ root: '/' });
    const swap = async (): Promise<void> => {
      await rename(path, join(folder, 'third.csv'));
      await rename(aside, path);
      await rename(join(folder, 'third.csv'), aside);
    };
    let heads = 0;
    const swapped = withCalls(files, {
      head: async (where) => {
        const meta = await files.head(where);
        heads += 1;
        if (heads === 1) await swap();
        return meta;
      },
    });
    const engine = await openEngine({ stores: createStoreRegistry({ stores: [swapped] }) });
    expect(rowsOf(await engine.run(spec(path)))).toEqual([['annie', 70n]]);
    await swap();
    const again = await engine.run(spec(path));
    expect([again.planReused, rowsOf(again)]).toEqual([false, [['bob', 60n]]]);
    expect((await engine.run(spec(path))).planReused).toBe(true);
  });

  it('is not kept when planning fails', async () => {
    const engine = await openEngine();
    const failing = spec('memory:///people.csv', 'SELECT surname FROM people');
    const failure = { code: 'invalid-sql', field: 'views[0].sql' };
    await expect(engine.run(failing)).rejects.toMatchObject(failure);
    await expect(engine.run(failing)).rejects.toMatchObject(failure);
    await memory.put('people.csv', 'surname,age\ncem,70\n');
    expect(rowsOf(await engine.run(failing))).toEqual([['cem']]);
  });

  it('is kept when a later run cannot reach the store', async () => {
    const outage = new Error('no network');
    let isDown = false;
    const head = (path: string): Promise<ObjectMeta> => (isDown ? Promise.reject(outage) : memory.head(path));
    const engine = await openEngine({ stores: createStoreRegistry({ stores: [withCalls(memory, { head })] }) });
    await engine.run(spec());
    isDown = true;
    await expect(engine.run(spec())).rejects.toBe(outage);
    isDown = false;
    expect((await engine.run(spec())).planReused).toBe(true);
  });

  it('is not kept when the run is aborted during planning', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const get: ObjectStore['get'] = (path, options) => {
      controller.abort(reason);
      return memory.get(path, options);
    };
    const engine = await openEngine({ stores: createStoreRegistry({ stores: [withCalls(memory, { get })] }) });
    await expect(engine.run(spec(), { signal: controller.signal })).rejects.toBe(reason);
    const next = await engine.run(spec());
    expect([next.planReused, rowsOf(next)]).toEqual([false, [['bob', 60n]]]);
  });

  it('is made by each of several runs that start together, and kept', async () => {
    const engine = await openEngine({ planCache: { maxEntries: 1 } });
    const together = await Promise.all([engine.run(spec()), engine.run(spec()), engine.run(spec())]);
    expect(together.map(rowsOf)).toEqual([[['bob', 60n]], [['bob', 60n]], [['bob', 60n]]]);
    expect((await engine.run(spec())).planReused).toBe(true);
  });

  it('does not hide that an input was deleted', async () => {
    const engine = await openEngine();
    await engine.run(spec());
    await memory.delete('people.csv');
    await expect(engine.run(spec())).rejects.toMatchObject({ code: 'input-not-found', field: 'inputs[0].location' });
  });

  it('is not kept for a query that reads a file that is not an input', async () => {
    const path = join(folder, 'other.csv');
    await writeFile(path, 'a\n1\n');
    const engine = await openEngine();
    const reading = spec('memory:///people.csv', `SELECT o.* FROM people, read_csv('${path}') o`);
    expect((await engine.run(reading)).outputs[0]?.schema?.fields.map(({ name }) => name)).toEqual(['a']);
    await writeFile(path, 'b,c\n1,2\n');
    const changed = await engine.run(reading);
    expect(changed.planReused).toBe(false);
    expect(changed.outputs[0]?.schema?.fields.map(({ name }) => name)).toEqual(['b', 'c']);
    const ranges = spec('memory:///people.csv', 'SELECT people.* FROM people, range(3), unnest([1, 2])');
    await engine.run(ranges);
    expect((await engine.run(ranges)).planReused).toBe(true);
  });

  it('is reused by streams', async () => {
    const engine = await openEngine();
    const rows: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const stream = await engine.stream({
        sql: 'SELECT name FROM people WHERE age > 40',
        inputs: [{ name: 'people', location: 'memory:///people.csv' }],
      });
      for await (const batch of stream.batches) rows.push(batch.toArray().map((row) => row.toJSON()));
      expect((await stream.result).planReused).toBe(round === 1);
    }
    expect(rows).toEqual([[{ name: 'bob' }], [{ name: 'bob' }]]);
  });

  it('is made for every run with planCache: false; maxEntries keeps the most recently used ones', async () => {
    const without = await openEngine({ planCache: false });
    const two = await openEngine({ planCache: { maxEntries: 2 } });
    const older = (age: number): ExecutionSpec => spec('memory:///people.csv', `FROM people WHERE age > ${age}`);
    const rounds = [1, 2, 1, 3, 1, 2];
    for (const age of rounds) await without.run(older(age));
    expect(reuses()).toEqual(rounds.map(() => false));
    recorder.clear();
    for (const age of rounds) await two.run(older(age));
    expect(reuses()).toEqual([false, false, true, false, true, false]);
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot be kept with maxEntries %s', async (maxEntries) => {
    await expect(createEngine({ planCache: { maxEntries } })).rejects.toThrow(
      new RangeError(
        `[planscope/engine] planCache.maxEntries is ${maxEntries}; use a whole number from 1 up, or planCache: false`,
      ),
    );
  });
});

describe('rules of the program', () => {
  it('run every time on the logical plan, since they may decide differently', async () => {
    let least = 40;
    const atLeast: OptimizerRule = {
      name: 'at_least',
      apply: (plan) => {
        const condition = `age > ${least}`;
        return transformPlan(plan, (node) => (node instanceof RelationNode ? node.withFilter(condition) : node));
      },
    };
    const engine = await openEngine({ rules: { optimizer: [atLeast] } });
    const all = spec('memory:///people.csv', 'SELECT name FROM people');
    expect(rowsOf(await engine.run(all))).toEqual([['bob']]);
    least = 20;
    const again = await engine.run(all);
    expect([again.planReused, rowsOf(again)]).toEqual([false, [['ann'], ['bob']]]);
    // The columns of the inputs are still kept.
    expect(recorder.spans().filter(({ name }) => name === 'memory.get')).toHaveLength(2);
  });

  it('run every time on the physical plan, also when the logical plan is reused', async () => {
    let calls = 0;
    const count: PhysicalOptimizerRule = {
      name: 'count',
      apply: (plan) => {
        calls += 1;
        return plan;
      },
    };
    const engine = await openEngine({ rules: { physical: [count] } });
    await engine.run(spec());
    await engine.run(spec());
    expect([reuses(), calls]).toEqual([[false, true], 2]);
  });
});

/** The same store, whose objects have another etag. */
function withEtag(
  store: ObjectStore,
  eTag: string | undefined,
  beforeGet = () => Promise.resolve<unknown>(undefined),
): ObjectStore {
  const told = ({ eTag: _, ...meta }: ObjectMeta): ObjectMeta => (eTag === undefined ? meta : { ...meta, eTag });
  return withCalls(store, {
    head: async (path) => told(await store.head(path)),
    get: async (path, { ifMatch: _, ...options } = {}) => {
      await beforeGet();
      const found = await store.get(path, options);
      return { ...found, meta: told(found.meta) };
    },
  });
}

/** The same store with some calls replaced. */
function withCalls(store: ObjectStore, calls: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in calls ? calls : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

import {
  createStoreRegistry,
  MemoryStore,
  ObjectStoreError,
  type PutBody,
  type PutOptions,
} from '@planscope/object-store';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine, type OutputSpec } from '../src/index.ts';

/** A store that writes a commit and loses its answer, or lets another writer commit before. */
class RacingStore extends MemoryStore {
  losesAnswers = false;
  faster: string | undefined;

  override async put(path: string, body: PutBody, options: PutOptions = {}) {
    const isCommit = path.includes('_delta_log');
    if (isCommit && this.faster !== undefined) {
      await super.put(path, this.faster);
      this.faster = undefined;
    }
    const result = await super.put(path, body, options);
    if (isCommit && this.losesAnswers)
      throw new ObjectStoreError('Generic', 'the answer was lost', { store: 'memory' });
    return result;
  }

  async paths(): Promise<string[]> {
    const found = [];
    for await (const { path } of this.list()) found.push(path);
    return found;
  }
}

const recorder = createSpanRecorder();
let store: RacingStore;
let engine: Engine;

beforeEach(async () => {
  recorder.clear();
  store = new RacingStore({ baseUrl: 'memory:///' });
  engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [store] }),
    objectCache: false,
  });
  await write(1, 'create');
});
afterEach(async () => {
  await engine.close();
  expect(recorder.openSpans()).toBe(0);
});

function write(n: number, mode: NonNullable<OutputSpec['mode']>) {
  return engine.run({
    version: 1,
    views: [{ name: 'rows', sql: `SELECT ${n}::BIGINT AS n` }],
    outputs: [{ name: 'out', from: 'rows', location: 'memory:///table', format: 'delta', mode }],
  });
}

async function numbers(): Promise<unknown[]> {
  const { outputs } = await engine.run({
    version: 1,
    inputs: [{ name: 't', location: 'memory:///table', format: 'delta' }],
    views: [{ name: 'v', sql: 'SELECT n::INTEGER AS n FROM t ORDER BY n' }],
    outputs: [{ name: 'v', from: 'v' }],
  });
  return (outputs[0]?.batches ?? []).flatMap((batch) => batch.toArray().map((row) => row.n));
}

it('keeps the file of a commit whose answer was lost', async () => {
  store.losesAnswers = true;
  await expect(write(2, 'append')).rejects.toThrow('the answer was lost');
  expect(await numbers()).toEqual([1, 2]);
});

it('removes the file of a commit that another writer made impossible', async () => {
  const before = await store.paths();
  store.faster = '{"commitInfo":{"engineInfo":"other/1","operation":"MERGE"}}\n';
  await expect(write(2, 'overwrite')).rejects.toMatchObject({
    code: 'delta-conflict',
    message: expect.stringContaining('version 1 of the table was committed first by other/1 (MERGE)'),
  });
  expect((await store.paths()).filter((path) => path.endsWith('.parquet'))).toEqual(
    before.filter((path) => path.endsWith('.parquet')),
  );
});

it('appends after another writer and says so', async () => {
  store.faster = '{"commitInfo":{"engineInfo":"other/1","operation":"DELETE"}}\n';
  const { outputs, warnings } = await write(2, 'append');
  expect(outputs[0]?.file?.version).toBe(2);
  expect(warnings).toEqual([
    {
      code: 'delta-race',
      operator: 'DeltaWriteExec',
      message: 'version 1 of the table was committed first by other/1 (DELETE)',
    },
  ]);
  expect(await numbers()).toEqual([1, 2]);
});

it('writes the moments of partitions in UTC, and reads them in either form of a log', async () => {
  const location = 'memory:///moments';
  const commit = `moments/_delta_log/${'0'.repeat(20)}.json`;
  const count = async (): Promise<unknown> => {
    const { outputs } = await engine.run({
      version: 1,
      inputs: [{ name: 't', location, format: 'delta' }],
      views: [{ name: 'v', sql: "SELECT count(*)::INTEGER AS c FROM t WHERE moment = '2026-01-05 01:02:03.5+00'" }],
      outputs: [{ name: 'v', from: 'v' }],
    });
    return outputs[0]?.batches?.[0]?.get(0)?.c;
  };
  await engine.run({
    version: 1,
    views: [{ name: 'rows', sql: "SELECT 1 AS n, TIMESTAMPTZ '2026-01-04 20:02:03.5-05' AS moment" }],
    outputs: [{ name: 'out', from: 'rows', location, format: 'delta', mode: 'create', partitionBy: ['moment'] }],
  });
  const text = await (await store.get(commit)).body.text();
  expect(text).toContain('"partitionValues":{"moment":"2026-01-05T01:02:03.500000Z"}');
  expect(await count()).toBe(1);
  // The other form that a log may have.
  await store.put(commit, text.replace('2026-01-05T01:02:03.500000Z', '2026-01-05 01:02:03.5'));
  expect(await count()).toBe(1);
});

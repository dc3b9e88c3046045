import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CloudScene, cloudScenes } from '../../object-store/test/servers/cloud-scenes.ts';
import type { Request } from '../../object-store/test/servers/loopback-server.ts';
import { createEngine, type Engine, type RunResult } from '../src/index.ts';

const scenes = await cloudScenes();
const recorder = createSpanRecorder();
const PATH = 'out/rows.csv';
/** Rows of a file that goes up at once, and of one that takes several parts: at S3 they have five MiB at least. */
const SMALL = 1_000;
const LARGE = 1_200_000;

let temporary: string;
let engine: Engine;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  vi.stubEnv('TMPDIR', temporary);
  recorder.clear();
  engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: scenes.map(({ store }) => store) }),
  });
});

afterEach(async () => {
  await engine.close();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  expect((await readdir(temporary)).filter((name) => name.startsWith('planscope-run-'))).toEqual([]);
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

function write({ store }: CloudScene, rows: number, signal?: AbortSignal): Promise<RunResult> {
  const view = { name: 'v', sql: `SELECT range AS id, range * 7 AS seven FROM range(${rows})` };
  const output = { name: 'o', from: 'v', location: `${store.baseUrl}${PATH}` };
  return engine.run({ version: 1, views: [view], outputs: [output] }, signal === undefined ? {} : { signal });
}

const objects = async ({ store }: CloudScene): Promise<string[]> => {
  const paths: string[] = [];
  for await (const { path } of store.list()) paths.push(path);
  return paths;
};

const text = async ({ store }: CloudScene): Promise<string> => (await store.get(PATH)).body.text();

describe.each(scenes.map((scene) => [scene.name, scene] as const))('an output in %s', (_, scene) => {
  const { server, isPart, isCompletion, leftovers } = scene;

  beforeEach(async () => {
    for (const path of await objects(scene)) await scene.store.delete(path);
  });

  it.each([
    ['at once', SMALL],
    ['in parts', LARGE],
  ])('goes up %s, and is what was made', async (__, rows) => {
    let parts = 0;
    server.fault = (request) => {
      if (isPart(request)) parts += 1;
      return undefined;
    };
    const { outputs, summary } = await write(scene, rows);
    const lines = (await text(scene)).trimEnd().split('\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([rows + 1, 'id,seven', `${rows - 1},${(rows - 1) * 7}`]);
    expect(parts > 1).toBe(rows === LARGE);
    const { size, eTag } = await scene.store.head(PATH);
    expect(outputs[0]?.file).toMatchObject({ bytes: size, etag: eTag });
    expect(summary.storeBytesWritten.value).toBe(size);
    expect(await objects(scene)).toEqual([PATH]);
    expect(leftovers()).toEqual([]);
  });

  const isWrite = ({ method }: Request): boolean => method === 'PUT' || method === 'POST';
  let parts = 0;
  const isLaterPart = (request: Request): boolean => isPart(request) && ++parts > 1;

  it.each([
    ['at once and is refused by a server without room', SMALL, isWrite, 'unavailable'],
    ['at once and is cut off', SMALL, isWrite, 'reset'],
    ['in parts and is refused in the middle', LARGE, isLaterPart, 'unavailable'],
    ['in parts and is cut off in the middle', LARGE, isLaterPart, 'reset'],
    ['in parts and cannot be completed', LARGE, isCompletion, 'unavailable'],
  ] as const)('that goes up %s leaves the old one whole', async (__, rows, hits, fault) => {
    await scene.store.put(PATH, 'the old one');
    parts = 0;
    server.fault = (request) => (hits(request) ? fault : undefined);
    await expect(write(scene, rows)).rejects.toMatchObject({ kind: 'Generic', store: scene.name, path: PATH });
    server.fault = () => undefined;
    expect(await text(scene)).toBe('the old one');
    expect(await objects(scene)).toEqual([PATH]);
    expect(leftovers()).toEqual([]);
    const failed = recorder.spans().filter(({ name }) => name === 'UploadExec' || name === `${scene.name}.put`);
    expect(failed.map(({ attributes }) => attributes['error.type'])).toEqual(['Generic', 'ObjectStoreError']);
  });

  it('whose run is stopped by its caller in the middle leaves the old one whole', async () => {
    await scene.store.put(PATH, 'the old one');
    const controller = new AbortController();
    const reason = new Error('enough');
    server.fault = (request) => {
      if (isPart(request)) controller.abort(reason);
      return undefined;
    };
    await expect(write(scene, LARGE, controller.signal)).rejects.toBe(reason);
    await vi.waitFor(() => expect(leftovers()).toEqual([]), { timeout: 15_000 });
    expect(await text(scene)).toBe('the old one');
    expect(await objects(scene)).toEqual([PATH]);
    const root = recorder.spans().find(({ name }) => name === 'planscope.execute');
    expect(root?.attributes['planscope.run.status']).toBe('cancelled');
  });
});

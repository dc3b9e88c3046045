import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ObjectCache } from '../../src/index.ts';
import { ended, startChild } from './child-process.ts';
import { RemoteStore } from './remote-store.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cache-processes-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const SIZE = 200_000;

it('processes that want the same objects at once all get them whole, while others are given up', async () => {
  const [objects, rounds, kept] = [6, 5, 3];
  const argv = [folder, `${objects}`, `${rounds}`, `${kept * SIZE}`];
  const children = [1, 2, 3].map(() => startChild('fetch-many.ts', argv));
  for (const child of children) expect(await child.line()).toBe('ready');
  for (const child of children) child.process.stdin?.write('go\n');
  for (const child of children) {
    const { fetched, cached, wrong } = JSON.parse(await child.line());
    expect(wrong).toBe(0);
    expect(fetched + cached).toBe(objects * rounds * SIZE);
    expect(await ended(child)).toBe(0);
  }
  const names = await readdir(join(folder, 'objects'));
  // Processes that add at the same time may each have counted without the other's last object.
  expect(names.length).toBeLessThanOrEqual(kept + 2);
  for (const name of names) expect((await stat(join(folder, 'objects', name))).size).toBe(SIZE);
  expect(await readdir(join(folder, 'runs'))).toEqual([]);
});

it('what one process has kept is there for the next', async () => {
  const results = [];
  for (let process = 0; process < 2; process += 1) {
    const child = startChild('fetch-many.ts', [folder]);
    await child.line();
    child.process.stdin?.write('go\n');
    results.push(JSON.parse(await child.line()));
    await ended(child);
  }
  expect(results).toEqual([
    { fetched: SIZE, cached: 0, wrong: 0 },
    { fetched: 0, cached: SIZE, wrong: 0 },
  ]);
});

it('what a killed process leaves is taken away by the next, and is never taken for an object', async () => {
  process.env.ANNOUNCE = '1';
  const child = startChild('fetch-many.ts', [folder, '3', '1', '1000000000', '200']);
  delete process.env.ANNOUNCE;
  await child.line();
  child.process.stdin?.write('go\n');
  expect(await child.line()).toBe('bytes');
  child.process.kill('SIGKILL');
  await ended(child);
  const [left = ''] = await readdir(join(folder, 'runs'));
  expect(await readdir(join(folder, 'runs', left))).not.toEqual([]);
  expect(await readdir(join(folder, 'objects'))).toEqual([]);
  const store = new RemoteStore();
  await using files = new ObjectCache({ folder }).open();
  await files.fetch(await store.write('x', 'abc'));
  expect(await readdir(join(folder, 'runs'))).not.toContain(left);
});

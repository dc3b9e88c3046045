import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine } from '../src/index.ts';

const recorder = createSpanRecorder();
let folder: string;
let engine: Engine;

beforeEach(async () => {
  recorder.clear();
  folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  engine = await createEngine({ environment: {}, tracerProvider: recorder.tracerProvider });
});

afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const write = (location: string): Promise<unknown> =>
  engine.run({
    version: 1,
    views: [{ name: 'v', sql: 'SELECT 1 AS a' }],
    outputs: [{ name: 'o', from: 'v', location }],
  });

const places: Record<string, (file: string) => Promise<void>> = {
  'a symbolic link': async (file) => {
    await writeFile(join(folder, 'kept'), 'old');
    await symlink('kept', file);
  },
  'a broken link': (file) => symlink('nowhere', file),
  'a named pipe': async (file) => void execFileSync('mkfifo', [file]),
  'a directory': async (file) => void (await mkdir(file)),
};

it.each(Object.keys(places))('refuses %s at the place of an output before any query runs', async (kind) => {
  const file = join(folder, 'out.csv');
  await places[kind]?.(file);
  const before = await lstat(file);
  const names = await readdir(folder);
  await expect(write(file)).rejects.toThrow(/there is a (symbolic link|named pipe|directory) at this path/);
  expect(recorder.spans().map(({ name }) => name)).toEqual(['planscope.execute']);
  expect((await lstat(file)).ino).toBe(before.ino);
  expect(await readdir(folder)).toEqual(names);
  if (kind === 'a symbolic link') expect(await readFile(file, 'utf8')).toBe('old');
});

it('replaces a regular file', async () => {
  const file = join(folder, 'out.csv');
  await writeFile(file, 'old');
  await write(file);
  expect(await readFile(file, 'utf8')).toBe('a\n1\n');
});

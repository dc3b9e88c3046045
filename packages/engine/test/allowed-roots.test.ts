import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine, type Engine, type EngineOptions, type ExecutionSpec, type RunResult } from '../src/index.ts';

let recorder: SpanRecorder;
let base: string;
let root: string;
let memory: MemoryStore;
let engine: Engine;

beforeEach(async () => {
  recorder = createSpanRecorder();
  base = await realpath(await mkdtemp(join(tmpdir(), 'planscope-test-')));
  root = join(base, 'data');
  await mkdir(join(base, 'temporary'));
  await mkdir(root);
  await mkdir(join(base, 'data-of-others'));
  vi.stubEnv('TMPDIR', join(base, 'temporary'));
  await writeFile(join(root, 'in.csv'), 'a\n1\n');
  await writeFile(join(base, 'data-of-others', 'secret.csv'), 'a\n9\n');
  memory = new MemoryStore();
  await memory.put('data/in.csv', 'a\n2\n');
  await memory.put('data-of-others/secret.csv', 'a\n9\n');
  engine = await openEngine([root, 'memory:///data']);
});

afterEach(async () => {
  await engine.close();
  expect(await readdir(join(base, 'temporary'))).toEqual([]);
  vi.unstubAllEnvs();
  await rm(base, { recursive: true });
});

function openEngine(allowedRoots: readonly string[] | undefined, options: EngineOptions = {}): Promise<Engine> {
  return createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
    objectCache: false,
    ...(allowedRoots && { allowedRoots }),
    ...options,
  });
}

const reading = (location: string): ExecutionSpec => ({
  version: 1,
  inputs: [{ name: 'i', location }],
  outputs: [{ name: 'o', from: 'i' }],
});
const writing = (location: string): ExecutionSpec => ({
  version: 1,
  views: [{ name: 'v', sql: 'SELECT 7 AS a' }],
  outputs: [{ name: 'o', from: 'v', location }],
});
const query = (sql: string): ExecutionSpec => ({
  version: 1,
  views: [{ name: 'v', sql }],
  outputs: [{ name: 'o', from: 'v' }],
});
const values = ({ outputs }: RunResult): number[] =>
  (outputs[0]?.batches ?? []).flatMap((batch) => batch.toArray().map(({ a }) => Number(a)));

describe('locations below a root', () => {
  it.each<[string, () => string, number]>([
    ['a file', () => join(root, 'in.csv'), 1],
    ['a pattern', () => join(root, '*.csv'), 1],
    ['a file by a path with ..', () => `${base}/data-of-others/../data/in.csv`, 1],
    ['an object', () => 'memory:///data/in.csv', 2],
  ])('are read: %s', async (_, location, value) => {
    expect(values(await engine.run(reading(location())))).toEqual([value]);
  });

  it('are written: a file', async () => {
    await engine.run(writing(join(root, 'deep/out.csv')));
    expect(await readFile(join(root, 'deep/out.csv'), 'utf8')).toBe('a\n7\n');
  });

  it('are written: an object', async () => {
    await engine.run(writing('memory:///data/out.csv'));
    expect(await (await memory.get('data/out.csv')).body.text()).toBe('a\n7\n');
  });

  it('are read when the root itself is a link', async () => {
    await symlink(root, join(base, 'link'));
    await engine.close();
    engine = await openEngine([join(base, 'link')]);
    expect(values(await engine.run(reading(join(base, 'link/in.csv'))))).toEqual([1]);
    expect(values(await engine.run(query(`FROM read_csv('${root}/in.csv')`)))).toEqual([1]);
  });
});

describe('locations outside of the roots', () => {
  it.each<[string, () => string]>([
    ['another folder', () => join(base, 'data-of-others/secret.csv')],
    ['a path with ..', () => `${root}/../data-of-others/secret.csv`],
    ['a pattern', () => join(base, '*/secret.csv')],
    ['a link to a file', () => join(root, 'link.csv')],
    ['a link to a folder', () => join(root, 'linked/secret.csv')],
    ['a pattern that finds a link', () => join(root, 'li*.csv')],
    ['a pattern that goes through a link', () => join(root, '**/secret.csv')],
    ['a file that is missing', () => join(base, 'missing.csv')],
    ['an object', () => 'memory:///data-of-others/secret.csv'],
  ])('are not read: %s', async (_, location) => {
    await symlink(join(base, 'data-of-others/secret.csv'), join(root, 'link.csv'));
    await symlink(join(base, 'data-of-others'), join(root, 'linked'));
    await expect(engine.run(reading(location()))).rejects.toMatchObject({
      code: 'outside-roots',
      field: 'inputs[0].location',
    });
  });

  it.each<[string, () => string]>([
    ['another folder', () => join(base, 'data-of-others/out.csv')],
    ['a folder that is missing', () => join(base, 'missing/out.csv')],
    ['a path with ..', () => `${root}/../data-of-others/out.csv`],
    ['a link to a folder', () => join(root, 'linked/out.csv')],
    ['an object', () => 'memory:///data-of-others/out.csv'],
  ])('are not written: %s', async (_, location) => {
    await symlink(join(base, 'data-of-others'), join(root, 'linked'));
    await expect(engine.run(writing(location()))).rejects.toMatchObject({
      code: 'outside-roots',
      field: 'outputs[0].location',
      message: expect.stringContaining(`allowedRoots: ${root}, memory:///data`),
    });
    expect(recorder.spans().map(({ name }) => name)).toEqual(['planscope.execute']);
    expect(await readdir(join(base, 'data-of-others'))).toEqual(['secret.csv']);
  });
});

describe('SQL', () => {
  const passwd = `FROM read_csv('/etc/passwd', delim = ':', header = false, auto_detect = false, columns = {'a': 'VARCHAR'}, ignore_errors = true)`;

  it('reads files below a root', async () => {
    expect(values(await engine.run(query(`FROM read_csv('${root}/in.csv')`)))).toEqual([1]);
  });

  it.each<[string, () => string]>([
    ['a file', () => passwd],
    ['a text', () => `SELECT content AS a FROM read_text('/etc/passwd')`],
    ['the names of files', () => `SELECT file AS a FROM glob('/etc/*')`],
    ['an open file of the process', () => `SELECT content AS a FROM read_text('/proc/self/environ')`],
    ['a path with ..', () => `FROM read_csv('${root}/../data-of-others/secret.csv')`],
    ['a link', () => `FROM read_csv('${root}/link.csv')`],
    ['a query in a text', () => `FROM query('FROM read_text(''/etc/passwd'')')`],
  ])('is refused by DuckDB outside of them: %s', async (_, sql) => {
    await symlink(join(base, 'data-of-others/secret.csv'), join(root, 'link.csv'));
    await expect(engine.run(query(sql()))).rejects.toThrow(/Cannot access (file|directory)/);
  });

  it('is not refused without allowedRoots', async () => {
    await engine.close();
    engine = await openEngine(undefined);
    await expect(engine.run(query(passwd))).resolves.toMatchObject({ status: 'ok' });
  });

  it('reads no file at all with an empty list', async () => {
    await engine.close();
    engine = await openEngine([]);
    await expect(engine.run(query(`FROM read_csv('${root}/in.csv')`))).rejects.toThrow(/Cannot access file/);
    expect(values(await engine.run(query('SELECT 3 AS a')))).toEqual([3]);
  });
});

it.each([
  ['file', () => join(root, 'in.csv')],
  ['object', () => 'memory:///data/in.csv'],
])('has profiles and the log with allowedRoots as without: %s', async (_, location) => {
  const traced = async (): Promise<{ readonly warnings: readonly unknown[]; readonly spans: readonly string[] }> => {
    recorder.clear();
    const { warnings } = await engine.run({
      ...reading(location()),
      outputs: [{ name: 'o', from: 'i', location: join(root, 'out.csv') }],
    });
    return {
      warnings,
      spans: recorder
        .spans()
        .map(({ name }) => name)
        .sort(),
    };
  };
  const confined = await traced();
  await engine.close();
  engine = await openEngine(undefined);
  const free = await traced();
  expect(confined).toEqual(free);
  expect(free.warnings).toEqual([]);
  expect(free.spans.some((name) => name.includes('READ_CSV'))).toBe(true);
});

it('reads copies of objects in the cache', async () => {
  await engine.close();
  engine = await openEngine(['memory:///data'], { objectCache: { folder: join(base, 'cache') } });
  expect(values(await engine.run(reading('memory:///data/in.csv')))).toEqual([2]);
});

it('refuses a root with a wildcard, and leaves no folder behind', async () => {
  await expect(openEngine([join(root, '*')])).rejects.toThrow(/allowedRoots\[0\]: .* has a wildcard; give a folder/);
});

import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mirror } from '../ablation/ablate-optimizers.ts';
import { DuckDBSession } from './duckdb-session.ts';

let folder: string;
let outside: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'planscope-confine-')));
  outside = await realpath(await mkdtemp(join(tmpdir(), 'planscope-outside-')));
  await writeFile(join(folder, 'a.csv'), 'a\n1\n');
  await writeFile(join(outside, 'b.csv'), 'secret\n2\n');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(outside, { recursive: true });
});

it('a session with allowed directories describes only the files in them', async () => {
  await using session = await DuckDBSession.open({ allowedDirectories: [folder] });
  const { columns } = await session.describe({ sql: `FROM read_csv('${folder}/a.csv')` });
  expect(columns.map(({ name }) => name)).toEqual(['a']);
  await expect(session.describe({ sql: `FROM read_csv('${outside}/b.csv')` })).rejects.toThrow(/Cannot access file/);
});

it('removes its own folder on close', async () => {
  const temporaryFolder = join(folder, 'temporary');
  await mkdir(temporaryFolder);
  const session = await DuckDBSession.open({ allowedDirectories: [], temporaryFolder, events: ['reads', 'requests'] });
  const files = async (): Promise<string[]> =>
    (await readdir(temporaryFolder, { recursive: true })).filter((name) => name.includes('.session'));
  expect(await files()).not.toEqual([]);
  await session.close();
  expect(await files()).toEqual([]);
});

it('a mirror instance has the same allowed directories as the instance that ran the query', async () => {
  const mirror = await Mirror.open({ inputs: [], settings: {}, allowedDirectories: [folder] });
  const plans = (file: string): Promise<unknown> =>
    mirror.plans(`FROM read_csv('${file}')`, new Set(mirror.optimizers));
  try {
    await expect(plans(join(folder, 'a.csv'))).resolves.toBeDefined();
    await expect(plans(join(outside, 'b.csv'))).rejects.toThrow(/Cannot access file/);
  } finally {
    mirror.close();
  }
});

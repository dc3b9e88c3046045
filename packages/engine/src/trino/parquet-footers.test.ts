import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ParquetFooters } from './parquet-footers.ts';

/** Files that DuckDB does not write, from pyarrow: one timestamp as INT96, and columns `a` and `A`. */
const FILES = {
  int96:
    'UEFSMRUAFSQVJCwVAhUAFQYVBhwAAAACAAAAAgEAAAAAAAAAAOKEJQAVBBksNQAYBnNjaGVtYRUCABUGJQIYAmF0ABYCGRwZHCYAHBUGGSUGABkYAmF0FQAWAhZKFkomCEkcFQAVABUCADwpBhkmAAIAAAAWShYCJggWSgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAfAAAAFBBUjE=',
  cases:
    'UEFSMRUAFRwVHCwVAhUAFQYVBhwAAAACAAAAAgEBAAAAAAAAABUAFRwVHCwVAhUAFQYVBhwAAAACAAAAAgECAAAAAAAAABUEGTw1ABgGc2NoZW1hFQQAFQQlAhgBYQAVBCUCGAFBABYCGRwZLCYAHBUEGSUGABkYAWEVABYCFkIWQiYISRwVABUAFQIAPCkGGSYAAgAAACYAHBUEGSUGABkYAUEVABYCFkIWQiZKSRwVABUAFQIAPCkGGSYAAgAAABaEARYCJggWhAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAALEAAABQQVIx',
};

const footers = new ParquetFooters();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "planscope-footer's-"));
  for (const [name, content] of Object.entries(FILES)) {
    await writeFile(join(folder, `${name}.parquet`), Buffer.from(content, 'base64'));
  }
});
afterAll(async () => {
  await footers.close();
  await rm(folder, { recursive: true });
});

it.each([
  ['int96', 'column "at" has timestamps as INT96'],
  ['cases', 'two columns differ only in letter case'],
])('says why a file cannot be read as DuckDB reads it: %s', async (name, text) => {
  const [columns] = await footers.read([join(folder, `${name}.parquet`)]);
  expect(columns?.obstacle).toContain(text);
});

it('reads files with the same stored schema once, and says which file is none', async () => {
  const [int96 = '', cases = ''] = Object.keys(FILES).map((name) => join(folder, `${name}.parquet`));
  const copy = join(folder, 'copy.parquet');
  await copyFile(int96, copy);
  const [first, second, third] = await footers.read([int96, cases, copy]);
  expect(third).toBe(first);
  expect(second?.schema.fields).toHaveLength(2);
  const text = join(folder, 'text.parquet');
  await writeFile(text, 'no Parquet at all');
  await expect(footers.read([int96, text, copy])).rejects.toMatchObject({ name: 'FooterError', index: 1 });
});

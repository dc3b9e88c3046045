import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { FileActivity } from '../events/activity-tally.ts';
import { duckdbGlob, withFinalName } from './io-reports.ts';

const FILES = [
  'a.txt',
  '.hidden.txt',
  '{b}.txt',
  'k=1/.dot/a.txt',
  'b.txt',
  'k=1/a.txt',
  'k=1/deep/a.txt',
  'x.y+z/(1).txt',
  'k=2/ab.txt',
  'axtxt',
];

it.each([
  '*.txt',
  '*/*.txt',
  '**/*.txt',
  '?.txt',
  '[ac].txt',
  '[!a].txt',
  '[a-b].txt',
  'k=?/a*.txt',
  'x.y+z/*.txt',
  'k=1/**',
  '*',
  '{a,b}.txt',
  '{*}.txt',
])('matches the same files as DuckDB for %s', async (pattern) => {
  const folder = await mkdtemp(join(tmpdir(), 'duckdb-glob-'));
  for (const file of FILES) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT file FROM glob('${folder}/${pattern}') ORDER BY file`);
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
  const matches = duckdbGlob(`${folder}/${pattern}`);
  const found = FILES.map((file) => join(folder, file)).filter((path) => matches(path));
  expect(found.sort()).toEqual(reader.getRows().map(([path]) => path));
});

const entry = (path: string, operation: FileActivity['operation'] = 'write'): FileActivity => {
  return { path, operation, requests: 1, bytes: 1n, window: { start: '0', end: '1' } };
};
const paths = (sql: string, ...activity: FileActivity[]): unknown => {
  const { activity: named, output } = withFinalName(activity, sql);
  return [named.map(({ path }) => path), output];
};

it('is the name in the statement', () => {
  expect(paths(`COPY t TO '/a/b.csv'`, entry('/a/tmp_b.csv'))).toEqual([['/a/b.csv'], '/a/b.csv']);
  expect(paths(`COPY t TO 'b.csv'`, entry('tmp_b.csv'))).toEqual([['b.csv'], 'b.csv']);
});

it('may start like a temporary name', () => {
  expect(paths(`COPY t TO '/a/tmp_b.csv'`, entry('/a/tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], '/a/tmp_b.csv']);
  expect(paths(`COPY t TO '/a/tmp_b.csv'`, entry('/a/tmp_tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], '/a/tmp_b.csv']);
});

it('remains the temporary name if the statement does not contain the final one', () => {
  expect(paths('COPY t TO $path', entry('/a/tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], undefined]);
  expect(paths(`COPY (FROM '/a/b.csv') TO $path`, entry('/a/tmp_b.csv', 'read'))).toEqual([
    ['/a/tmp_b.csv'],
    undefined,
  ]);
});

import { expect, it } from 'vitest';
import type { FileActivity } from '../events/file-activity.ts';
import { withFinalName } from './final-name.ts';

const entry = (path: string, operation: FileActivity['operation'] = 'write'): FileActivity => {
  return { path, operation, requests: 1, bytes: 1n, window: { start: '0', end: '1' } };
};
const paths = (sql: string, ...activity: FileActivity[]): unknown => {
  const { activity: named, output } = withFinalName(activity, sql);
  return [named.map(({ path }) => path), output];
};

it('is that of the statement', () => {
  expect(paths(`COPY t TO '/a/b.csv'`, entry('/a/tmp_b.csv'))).toEqual([['/a/b.csv'], '/a/b.csv']);
  expect(paths(`COPY t TO 'b.csv'`, entry('tmp_b.csv'))).toEqual([['b.csv'], 'b.csv']);
});

it('may begin like a temporary one', () => {
  expect(paths(`COPY t TO '/a/tmp_b.csv'`, entry('/a/tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], '/a/tmp_b.csv']);
  expect(paths(`COPY t TO '/a/tmp_b.csv'`, entry('/a/tmp_tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], '/a/tmp_b.csv']);
});

it('is not made up where the statement does not have it', () => {
  expect(paths('COPY t TO $path', entry('/a/tmp_b.csv'))).toEqual([['/a/tmp_b.csv'], undefined]);
  expect(paths(`COPY (FROM '/a/b.csv') TO $path`, entry('/a/tmp_b.csv', 'read'))).toEqual([
    ['/a/tmp_b.csv'],
    undefined,
  ]);
});

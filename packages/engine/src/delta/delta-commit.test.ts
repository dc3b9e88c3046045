import { MemoryStore } from '@planscope/object-store';
import { beforeEach, expect, it } from 'vitest';
import { type NewCommit, writeCommit } from './delta-commit.ts';

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

const place = () => ({ store, path: 'table' });
const path = (version: number): string => `table/_delta_log/${String(version).padStart(20, '0')}.json`;

const append: NewCommit = {
  base: 0,
  actions: [{ add: { path: 'a.parquet', partitionValues: {}, size: 1, modificationTime: 0 } }],
  info: { engineInfo: 'ours', operation: 'WRITE' },
  isBlindAppend: true,
};

const written = (...actions: object[]): string => actions.map((action) => `${JSON.stringify(action)}\n`).join('');

it('takes the next version after those of faster writers, and names them', async () => {
  await store.put(path(1), written({ commitInfo: { engineInfo: 'theirs', operation: 'DELETE' } }));
  await store.put(path(2), written({ remove: { path: 'b.parquet' } }));
  expect(await writeCommit(place(), append, {})).toEqual({
    version: 3,
    lost: [
      { version: 1, winner: { engineInfo: 'theirs', operation: 'DELETE' } },
      { version: 2, winner: {} },
    ],
  });
  const lines = (await (await store.get(path(3))).body.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { commitInfo: { ...append.info, isBlindAppend: true, txnId: expect.any(String) } },
    append.actions[0],
  ]);
});

it('is written once when its answer was lost', async () => {
  const commit = { ...append, info: { ...append.info, txnId: 'mine' } };
  await writeCommit(place(), commit, {});
  expect(await writeCommit(place(), commit, {})).toEqual({ version: 1, lost: [] });
});

it.each([
  ['changed the schema', append, { metaData: { id: 'x', schemaString: '', partitionColumns: [] } }],
  ['changed the protocol', append, { protocol: { minReaderVersion: 1, minWriterVersion: 2 } }],
  ['was there first', { ...append, isBlindAppend: false }, { add: append.actions[0]?.add }],
])('fails where another commit %s', async (_, commit, action) => {
  await store.put(path(1), written({ commitInfo: { engineInfo: 'theirs/1' } }, action));
  await expect(writeCommit(place(), commit, {})).rejects.toMatchObject({
    code: 'delta-conflict',
    message: expect.stringMatching(/version 1 of the table was committed first by theirs\/1 \(an unknown operation\)/),
  });
});

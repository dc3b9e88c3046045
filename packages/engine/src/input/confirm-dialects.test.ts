import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBSession } from '@planscope/duckdb';
import { FileStore } from '@planscope/object-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RelationNode } from '../logical/relation-node.ts';
import { confirmDialects } from './confirm-dialects.ts';

let folder: string;
let session: DuckDBSession;
let read: RelationNode;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-confirm-'));
  session = await DuckDBSession.open();
  await writeFile(join(folder, 'a.csv'), 'id,name\n1,x\n2,y\n');
  const store = new FileStore({ root: folder });
  read = new RelationNode({
    names: ['a'],
    location: 'a.csv',
    format: 'csv',
    field: 'inputs[0]',
    source: {
      objects: [{ url: 'file:///a.csv', store, meta: await store.head('a.csv') }],
      access: { way: 'in_place' },
    },
    options: { delim: ',', quote: '', escape: '' },
  });
});

afterEach(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

it.each([
  ['did not change', undefined],
  ['has grown', 'id,name\n1,x\n2,y\n3,z\n'],
  ['has other columns', 'name,number,id\nx,7,1\n'],
])('accepts a file that %s', async (_, text) => {
  if (text !== undefined) await writeFile(join(folder, 'a.csv'), text);
  await expect(confirmDialects(session, read)).resolves.toBeUndefined();
});

it.each([
  ['now has another delimiter', 'id;name\n1;x\n2;y\n'],
  ['now has quoted values', `id,name\n1,'a,b'\n2,'c'\n`],
])('refuses a file that %s', async (_, text) => {
  await writeFile(join(folder, 'a.csv'), text);
  await expect(confirmDialects(session, read)).rejects.toMatchObject({ kind: 'Precondition', path: 'a.csv' });
});

it('accepts a file that was deleted after it was read', async () => {
  await rm(join(folder, 'a.csv'));
  await expect(confirmDialects(session, read)).resolves.toBeUndefined();
});

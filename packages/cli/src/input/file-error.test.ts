import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { unreadableFile, unwritableFile } from './file-error.ts';

it('says in plain words why a file cannot be read or written', async () => {
  const missing = await readFile('no-such-folder/a').catch((error: Error) => error);
  const folder = await writeFile('.', '').catch((error: Error) => error);
  expect(unreadableFile('a', missing as Error).message).toBe('cannot read a: there is no such file');
  expect(unwritableFile('x/a', missing as Error).message).toBe('cannot write x/a: there is no such folder');
  expect(unwritableFile('.', folder as Error).message).toBe('cannot write .: it is a folder');
  expect(unreadableFile('a', new Error('the cable is out')).message).toBe('cannot read a: the cable is out');
});

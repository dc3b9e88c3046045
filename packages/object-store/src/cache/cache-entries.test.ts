import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { giveFile } from './cache-entries.ts';

let folder: string;
let from: string;
let to: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-give-file-'));
  from = join(folder, 'from');
  to = join(folder, 'to');
  await writeFile(from, 'abc', { mode: 0o600 });
});

afterEach(() => rm(folder, { recursive: true }));

const failing = (code: string) => (): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));

it('gives a second name, and the bytes outlive the first', async () => {
  await giveFile(from, to);
  expect((await stat(to)).ino).toBe((await stat(from)).ino);
  await rm(from);
  expect(await readFile(to, 'utf8')).toBe('abc');
});

it.each(['EPERM', 'ENOTSUP', 'EXDEV', 'EMLINK'])('copies where the file system answers %s', async (code) => {
  await giveFile(from, to, failing(code));
  const copied = await stat(to);
  expect(copied.ino).not.toBe((await stat(from)).ino);
  expect(copied.mode & 0o777).toBe(0o600);
  expect(await readFile(to, 'utf8')).toBe('abc');
});

it('copies nothing that is not there, and leaves nothing', async () => {
  await rm(from);
  await expect(giveFile(from, to, failing('EPERM'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(stat(to)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('lets any other failure through', async () => {
  await expect(giveFile(from, to, failing('EIO'))).rejects.toMatchObject({ code: 'EIO' });
});

import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ObjectCache } from '../../src/index.ts';
import { startChild } from './child-process.ts';
import { RemoteStore } from './remote-store.ts';

const MIB = 1024 * 1024;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cache-faults-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a program with a small disk of its own at the folder; undefined, with a line that says so, where that cannot be. */
async function onSmallDisk(what: string, program: string, options = ''): Promise<unknown> {
  const mount = `mount -t tmpfs -o size=4m${options} tmpfs "${folder}"`;
  const mounted = spawnSync('unshare', ['-rm', 'sh', '-c', mount]);
  if (mounted.status !== 0) {
    console.warn(`left out: ${what}, since no file system can be mounted here`);
    return undefined;
  }
  const child = startChild(program, [folder], {
    through: ['unshare', '-rm', 'sh', '-c', `${mount} && exec "$0" "$@"`],
  });
  return JSON.parse(await child.line());
}

it('a full disk has kept objects given up, and is an error that says how much is missing where that does not do', async (test) => {
  const seen = await onSmallDisk('a disk that is full', 'full-disk.ts');
  if (seen === undefined) return test.skip();
  expect(seen).toEqual({
    kept: [MIB, MIB, MIB],
    isWhole: true,
    afterwards: expect.arrayContaining([2 * MIB]),
    code: 'no-space',
    message: expect.stringMatching(
      new RegExp(`the disk of ${folder}/cache is full: up to \\d+ bytes more are needed for memory:///too-much`),
    ),
    cause: 'ENOSPC',
    files: ['input-1'],
    stillWhole: true,
    left: [],
  });
});

it('a folder that can only be read is refused before anything is fetched', async (test) => {
  const seen = await onSmallDisk('a disk that can only be read', 'refused-folder.ts', ',ro');
  if (seen === undefined) return test.skip();
  expect(seen).toEqual({
    code: 'folder-refused',
    message: `[planscope/object-store] the object cache's folder ${folder}/cache cannot be prepared (EROFS); name another one with the option "folder"`,
    cause: 'EROFS',
    gets: 0,
  });
});

const NOBODY = 65534;

/** Whether somebody without privileges may run what is here. */
function nobodyMayRun(): boolean {
  const look = `require('node:fs').accessSync(${JSON.stringify(fileURLToPath(import.meta.url))})`;
  return spawnSync(process.execPath, ['-e', look], { uid: NOBODY, cwd: '/' }).status === 0;
}

it('a folder without permission is refused before anything is fetched', async (test) => {
  await chmod(folder, 0o500);
  // A superuser needs no permission, so the program runs as no one.
  const isSuperuser = process.getuid?.() === 0;
  if (isSuperuser && !nobodyMayRun()) {
    console.warn('left out: a folder without permission, since other users than root may not read these tests');
    return test.skip();
  }
  const child = startChild('refused-folder.ts', [folder], isSuperuser ? { uid: NOBODY } : {});
  expect(JSON.parse(await child.line())).toMatchObject({ code: 'folder-refused', cause: 'EACCES', gets: 0 });
});

it('a folder that others can write to is refused', async () => {
  await chmod(folder, 0o777);
  const store = new RemoteStore();
  await using files = new ObjectCache({ folder }).open();
  await expect(files.fetch(await store.write('x', 'abc'))).rejects.toMatchObject({
    code: 'folder-refused',
    message: expect.stringContaining('can be written by other users; its mode must be 0700'),
  });
});

it('a folder of somebody else is refused', async (test) => {
  if (process.getuid?.() !== 0) {
    console.warn('left out: a folder of somebody else, since only a superuser can make one');
    return test.skip();
  }
  await chown(folder, NOBODY, NOBODY);
  const store = new RemoteStore();
  await using files = new ObjectCache({ folder }).open();
  await expect(files.fetch(await store.write('x', 'abc'))).rejects.toMatchObject({
    code: 'folder-refused',
    message: expect.stringContaining('belongs to user 65534 and not to 0'),
  });
});

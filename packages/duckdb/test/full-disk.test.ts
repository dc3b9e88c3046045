import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startChild } from './child-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-full-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function onSmallDisk(log: 'log' | 'no log'): Promise<unknown> {
  const mount = `mount -t tmpfs -o size=16m tmpfs "${folder}"`;
  if (spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status !== 0) {
    console.warn('left out: a disk that is full, since no file system can be mounted here');
    return undefined;
  }
  const child = startChild('full-disk.ts', [folder, log], {
    through: ['unshare', '-rm', 'sh', '-c', `${mount} && exec "$0" "$@"`],
  });
  return JSON.parse(await child.line());
}

const ROWS = 1 + 20 + 1 + 3;

it('no statement fails when the disk for profiles is full, fills up, or is swept, and each has its profile', async (test) => {
  const seen = await onSmallDisk('no log');
  if (seen === undefined) return test.skip();
  expect(seen).toEqual({ rows: ROWS, before: 4, full: 4, during: 10, swept: [4, 4, 4], codes: [] });
});

it('nor when the log lies there, which is given up until there is space', async (test) => {
  const seen = await onSmallDisk('log');
  if (seen === undefined) return test.skip();
  expect(seen).toMatchObject({ rows: ROWS, before: 4, codes: expect.arrayContaining(['io-log-no-space']) });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startProgram } from './run-program.ts';

// A process with TypeScript takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-query-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it.each(['files', 'database'])(
  'a full disk loses no row that finds room in memory, and leaves whole %s',
  async (form) => {
    const mount = `mount -t tmpfs -o size=8m tmpfs "${folder}"`;
    if (spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status !== 0) {
      console.warn('left out: a disk that is full, since no file system can be mounted here');
      return;
    }
    const through = ['unshare', '-rm', 'sh', '-c', `${mount} && exec "$0" "$@"`];
    const seen = JSON.parse(await startProgram('full-disk.ts', { settings: [folder, form], through }).line());
    expect(seen).toMatchObject({
      flushes: ['written', 'failed', 'failed', 'failed', 'written'],
      readable: 10,
      files: [],
    });
    const { lost, pending } = seen.whileFull;
    expect(seen.whileFull).toMatchObject({ made: 1020, written: 10 });
    expect([lost > 0, pending > 10]).toEqual([true, true]);
    expect(seen.after).toEqual({ made: 1030, written: 10 + pending + 10, pending: 0, lost });
    expect(seen.rows).toBe(seen.after.written);
    expect(seen.warnings).toEqual([
      expect.stringMatching(/cannot write to the log \(.*\); check the disk/),
      expect.stringMatching(new RegExp(`^${lost} of 1030 queries are not in the log`)),
    ]);
  },
);

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrivateFile } from '../src/measure/private-file.ts';
import { ended, startChild } from './child-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-left-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('of connections with an open stream that are', () => {
  it.each(['closed', 'closed through the bare one', 'collected'])('%s, nothing is left', async (way) => {
    const child = startChild('left-behind.ts', [way, folder], { options: ['--expose-gc'] });
    expect(JSON.parse(await child.line())).toEqual({ descriptors: 0, openSpans: 0 });
    expect(await ended(child)).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('in use when the process is killed, nothing with SQL in it is left, and the folder goes with the next process', async () => {
    const child = startChild('left-behind.ts', ['killed', folder], { options: ['--expose-gc'] });
    await child.line();
    child.process.kill('SIGKILL');
    await ended(child);
    for (const path of await readdir(folder, { recursive: true })) {
      const text = await readFile(join(folder, path), 'utf8').catch(() => '');
      expect(text).not.toContain('SELECT');
    }
    PrivateFile.open({ extension: 'json', folder, anonymous: false }).close();
    expect((await readdir(folder)).filter((name) => name.includes(`-${child.process.pid}-`))).toEqual([]);
  });
});

describe('a file with a name, where there are none without', () => {
  it('lies in one folder of the process, which comes back when it is swept away', async () => {
    const first = PrivateFile.open({ extension: 'json', folder, anonymous: false });
    const second = PrivateFile.open({ extension: 'csv', folder, anonymous: false });
    const [own, ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(own).toMatch(new RegExp(`^planscope-duckdb-${process.pid}-`));
    first.close();
    second.close();
    expect(await readdir(join(folder, String(own)))).toEqual([]);
    await rm(join(folder, String(own)), { recursive: true });
    PrivateFile.open({ extension: 'json', folder, anonymous: false }).close();
    expect(existsSync(join(folder, String(own)))).toBe(true);
  });

  it('leaves the folders of living processes alone, and whatever else lies there', async () => {
    const other = join(folder, 'other');
    await mkdir(join(other, `planscope-duckdb-${process.ppid}-abc`), { recursive: true });
    await mkdir(join(other, 'planscope-duckdb-999999999-abc'));
    await writeFile(join(other, 'planscope-duckdb'), '');
    PrivateFile.open({ extension: 'json', folder: other, anonymous: false }).close();
    const left = (await readdir(other)).filter((name) => !name.includes(`-${process.pid}-`));
    expect(left.sort()).toEqual(['planscope-duckdb', `planscope-duckdb-${process.ppid}-abc`]);
  });
});

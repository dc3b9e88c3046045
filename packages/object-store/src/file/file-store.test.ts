import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { objectStoreConformance } from '../testing/index.ts';
import { collect } from '../testing/room.ts';
import { FileStore } from './file-store.ts';
import { checkReplaceable } from './file-write.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-file-store-'));
afterAll(() => rm(root, { recursive: true }));

describe('conformance', () => {
  for (const { name, run } of objectStoreConformance(() => new FileStore({ root }))) test(name, run);
});

describe('files', () => {
  let directory: string;
  let store: FileStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(root, 'case-'));
    store = new FileStore({ root: directory });
  });

  /** Everything below the directory, hidden files too. */
  const everything = async (): Promise<string[]> => (await readdir(directory, { recursive: true })).sort();

  it('are what paths lead to', async () => {
    await store.put('a b/c%d.csv', 'text');
    expect(store.localPath('a b/c%d.csv')).toBe(join(directory, 'a b', 'c%d.csv'));
    expect(await readFile(store.localPath('a b/c%d.csv'), 'utf8')).toBe('text');
    expect(store.baseUrl).toBe(`${pathToFileURL(directory).href}/`);
    expect(new FileStore().baseUrl).toBe('file:///');
    expect(new FileStore().localPath('etc/hosts')).toBe('/etc/hosts');
  });

  it('leave nothing behind when a write fails, is aborted or refused', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      controller.abort(new Error('stop'));
      yield new Uint8Array(10);
    }
    await expect(store.put('x', endless(), { signal: controller.signal })).rejects.toThrow('stop');
    const upload = await store.putMultipart('y');
    await upload.putPart(1, 'part');
    await upload.abort();
    await store.put('kept', 'old');
    await expect(store.put('kept', 'new', { mode: 'create' })).rejects.toMatchObject({ kind: 'AlreadyExists' });
    await expect(store.copy('kept', 'kept', { mode: 'create' })).rejects.toMatchObject({ kind: 'AlreadyExists' });
    await expect(store.put('kept', 'new', { mode: { update: { eTag: 'no' } } })).rejects.toMatchObject({
      kind: 'Precondition',
    });
    expect(await everything()).toEqual(['kept']);
  });

  it('of an unfinished write are no objects', async () => {
    const upload = await store.putMultipart('dir/y');
    await upload.putPart(1, 'part');
    const [hidden = ''] = (await everything()).filter((name) => name.includes('.planscope-'));
    expect(hidden).toMatch(/^dir\/\.planscope-/);
    expect(await collect(store.list())).toEqual([]);
    expect(await collect(store.listWithDelimiter())).toEqual([]);
    await expect(store.get(hidden)).rejects.toMatchObject({ kind: 'InvalidPath' });
    await upload.abort();
  });

  it('stop an upload whose part hangs when it is aborted', async () => {
    const upload = await store.putMultipart('y');
    async function* hanging(): AsyncGenerator<Uint8Array> {
      await new Promise(() => undefined);
    }
    const part = upload.putPart(1, hanging());
    part.catch(() => undefined);
    await upload.abort();
    await expect(part).rejects.toThrow('the upload was aborted');
    expect(await everything()).toEqual([]);
  });

  it('never bring an etag back', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 300; round += 1) seen.add((await store.put('x', 'same')).eTag ?? '');
    expect(seen.size).toBe(300);
  });

  it('are read in one state while they are replaced, and are closed however the reading ends', async () => {
    await store.put('x', new Uint8Array(600_000).fill(1));
    const { body } = await store.get('x');
    await store.put('x', 'new');
    expect((await body.bytes()).every((byte) => byte === 1)).toBe(true);
    const before = await openFiles();
    for (let round = 0; round < 50; round += 1) {
      const controller = new AbortController();
      const got = await store.get('x', { signal: controller.signal });
      if (round % 3 === 0) await got.body.cancel();
      else if (round % 3 === 1) for await (const _ of got.body) break;
      else controller.abort();
      await store.get('x', { ifMatch: 'other' }).catch(() => undefined);
      await store.get('x', { range: { offset: 99 } }).catch(() => undefined);
    }
    await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before), { timeout: 15_000 });
  });

  it('that are cut while they are read say so', async () => {
    await store.put('x', new Uint8Array(600_000));
    const { body } = await store.get('x');
    await truncate(store.localPath('x'), 100);
    await expect(body.bytes()).rejects.toThrow('the file ends at 100; it was cut while it was read');
  });

  it('are found through links, but never round in a circle', async () => {
    await store.put('real/x', 'x');
    await symlink('real', join(directory, 'linked'));
    await symlink('..', join(directory, 'real', 'up'));
    await symlink('real/x', join(directory, 'file-link'));
    await symlink('nowhere', join(directory, 'broken'));
    await symlink('loop', join(directory, 'loop'));
    const paths = (await collect(store.list())).map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual(['file-link', 'linked/up/file-link']);
    expect(paths).toContain('real/x');
    expect(new Set(paths).size).toBe(paths.length);
    await expect(store.head('broken')).rejects.toMatchObject({ kind: 'NotFound' });
    await store.delete('file-link');
    expect(await (await store.get('real/x')).body.text()).toBe('x');
  });

  it('of other kinds are no objects', async () => {
    await mkdir(join(directory, 'empty/nested'), { recursive: true });
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    await writeFile(join(directory, 'line\nbreak'), '');
    expect(await collect(store.list())).toEqual([]);
    expect(await collect(store.listWithDelimiter())).toEqual([]);
    for (const path of ['empty', 'pipe', 'empty/nested/x', 'missing/x']) {
      await expect(store.get(path)).rejects.toMatchObject({ kind: 'NotFound' });
      await expect(store.delete(path)).rejects.toMatchObject({ kind: 'NotFound' });
      await expect(store.rename(path, 'other')).rejects.toMatchObject({ kind: 'NotFound' });
    }
  });

  it('below a file, or in the place of a directory, are refused with the reason', async () => {
    await store.put('file', 'x');
    await store.put('dir/x', 'x');
    await expect(store.get('file/below')).rejects.toMatchObject({ kind: 'NotFound' });
    await expect(store.put('dir', 'x')).rejects.toMatchObject({ kind: 'Generic' });
    await expect(store.put('file/below', 'x')).rejects.toBeInstanceOf(Error);
    expect(await everything()).toEqual(['dir', 'dir/x', 'file']);
  });

  describe('of other kinds at the place of a write', () => {
    const kinds: Record<string, (file: string) => Promise<void> | void> = {
      'a symbolic link': (file) => symlink('kept', file),
      'a broken link': (file) => symlink('nowhere', file),
      'a named pipe': (file) => void execFileSync('mkfifo', [file]),
      'a socket': async (file) => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(file, resolve));
        onTestFinished(() => void server.close());
      },
    };
    const writes: Record<string, (path: string) => Promise<unknown>> = {
      put: (path) => store.put(path, 'new'),
      'a conditional put': (path) => store.put(path, 'new', { mode: { update: { eTag: 'x' } } }),
      'an upload in parts': (path) => store.putMultipart(path),
      copy: (path) => store.copy('source', path),
      rename: (path) => store.rename('source', path),
    };
    for (const [kind, make] of Object.entries(kinds)) {
      it.each(Object.keys(writes))(`are refused and left as they are: ${kind}, %s`, async (write) => {
        await store.put('kept', 'old');
        await store.put('source', 'new');
        await make(join(directory, 'target'));
        const before = await lstat(join(directory, 'target'));
        await expect(writes[write]?.('target')).rejects.toMatchObject({
          kind: 'NotSupported',
          message: expect.stringMatching(/there is a (symbolic link|named pipe|socket) at this path/),
        });
        expect((await lstat(join(directory, 'target'))).ino).toBe(before.ino);
        expect(await everything()).toEqual(['kept', 'source', 'target']);
        expect(await readFile(join(directory, 'kept'), 'utf8')).toBe('old');
      });
    }

    it('are refused although they came after the write began', async () => {
      const file = join(directory, 'target');
      const linking = async function* (): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(1);
        await symlink('kept', file);
      };
      await expect(store.put('target', linking())).rejects.toMatchObject({ kind: 'NotSupported' });
      expect(await readlink(file)).toBe('kept');
      expect(await everything()).toEqual(['target']);
    });

    it('are refused although they came before the last part', async () => {
      const upload = await store.putMultipart('target');
      await upload.putPart(1, 'part');
      await symlink('kept', join(directory, 'target'));
      await expect(upload.complete()).rejects.toMatchObject({ kind: 'NotSupported' });
      await upload.abort();
      expect(await everything()).toEqual(['target']);
    });

    it('are refused before the body is read', async () => {
      await symlink('kept', join(directory, 'target'));
      const body = vi.fn(async function* (): AsyncGenerator<Uint8Array> {});
      await expect(store.put('target', { [Symbol.asyncIterator]: body })).rejects.toMatchObject({
        kind: 'NotSupported',
      });
      expect(body).not.toHaveBeenCalled();
    });

    it.skipIf(!existsSync('/dev/null'))('are refused: a device', async () => {
      const where = { store: 'file', path: 'null' };
      await expect(checkReplaceable('/dev/null', where)).rejects.toMatchObject({ kind: 'NotSupported' });
    });
  });

  it('that the system refuses to touch have their own kind of error', async () => {
    await expect(store.put(`x${'y'.repeat(300)}`, 'x')).rejects.toMatchObject({ kind: 'InvalidPath' });
    const proc = new FileStore({ root: '/proc' });
    await expect(proc.put('planscope', 'x')).rejects.toMatchObject({
      kind: expect.stringMatching(/NotFound|Permission/),
    });
    const full = new FileStore({ root: '/dev' });
    const error = await full.put('full/x', 'x').catch((thrown: unknown) => thrown);
    expect(ObjectStoreError.isInstance(error)).toBe(true);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });
});

async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}

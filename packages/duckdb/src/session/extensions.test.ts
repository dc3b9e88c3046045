import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DuckDBSession } from './duckdb-session.ts';

/** Without these, DuckDB looks for a missing extension on the network. */
const settings = { autoinstall_known_extensions: false, autoload_known_extensions: false };

let session: DuckDBSession;
beforeEach(async () => {
  session = await DuckDBSession.open({ settings, extensions: { delta: '/nowhere/delta.duckdb_extension' } });
});
afterEach(() => session.close());

it('loads an extension that is built in', async () => {
  await expect(session.loadExtension('json')).resolves.toBeUndefined();
});

it.each([
  ['spatial', /extension spatial is not available: it is not installed; run INSTALL spatial once, give its file in/],
  ['delta', /extension delta is not available: the file "\/nowhere\/delta.duckdb_extension" cannot be loaded/],
])('says what to do where %s is missing, each time', async (name, message) => {
  for (const _ of [1, 2]) {
    const refused = await session.loadExtension(name).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'extension-missing', message: expect.stringMatching(message) });
    expect(refused).toHaveProperty('cause');
  }
});

it.each([
  [{}, false],
  [{ installExtensions: true }, true],
  [{ settings: { autoinstall_known_extensions: true } }, true],
])('lets the SQL of a query download extensions only where the program permits it: %j', async (options, expected) => {
  const other = await DuckDBSession.open(options);
  const sql = "SELECT current_setting('autoinstall_known_extensions')";
  expect(await other.rows({ sql })).toEqual([[expected]]);
  await other.close();
});

it('refuses what is not a name', async () => {
  await expect(session.loadExtension("json'; DROP TABLE x")).rejects.toMatchObject({ code: 'invalid-option' });
});

it('opens although an extension to load at the start is missing', async () => {
  const other = await DuckDBSession.open({ settings, preload: ['spatial', 'json'] });
  await expect(other.loadExtension('spatial')).rejects.toMatchObject({ code: 'extension-missing' });
  await other.close();
});

it('shows no credentials where DuckDB refuses a secret', async () => {
  const values = { KEY_ID: 'an id', SECRET: "it's secret", UNKNOWN: 'x' };
  const refused = await session
    .useSecret({ type: 's3', scope: 's3://bucket/', values })
    .catch((error: Error) => error as Error);
  expect(refused).toMatchObject({ code: 'secret-refused' });
  const shown = [(refused as Error).message, JSON.stringify(refused), String((refused as Error).cause)].join('\n');
  expect(shown).toMatch(/DuckDB refused the s3 secret for s3:\/\/bucket\//);
  for (const value of Object.values(values).slice(0, 2)) expect(shown).not.toContain(value);
});

it('waits for a download no longer than the limit, and goes on with other work meanwhile', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'planscope-extensions-'));
  const other = await DuckDBSession.open({
    installExtensions: true,
    installLimit: 200,
    settings: {
      custom_extension_repository: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      extension_directory: folder,
      autoload_known_extensions: false,
    },
  });
  try {
    const loading = other.loadExtension('spatial');
    expect(await other.rows({ sql: 'SELECT 1' })).toEqual([[1]]);
    const refused = await loading.catch((error: Error) => error);
    expect(refused).toMatchObject({
      code: 'extension-missing',
      message: expect.stringMatching(
        /extension spatial .* did not end within 200 ms \(installLimit\); let this machine reach .* run INSTALL spatial before, or give its file/,
      ),
    });
    expect(sockets.length).toBe(1);
    // The session is not held up by the download that goes on.
    await expect(other.loadExtension('json')).resolves.toBeUndefined();
  } finally {
    await other.close();
    silent.close();
    for (const socket of sockets) socket.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each([0, -1, 1.5, Number.NaN, 2 ** 31])('refuses %d as the limit of a download', async (installLimit) => {
  await expect(DuckDBSession.open({ installLimit })).rejects.toMatchObject({ code: 'invalid-option' });
});

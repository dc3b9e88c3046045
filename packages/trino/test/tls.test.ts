import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTrinoClient } from '../src/client/trino-client.ts';
import { createPrivateAuthority, trusting } from './private-authority.ts';
import { page, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

/** An authority that nobody knows, and a server that shows a certificate of it. */
let authority: string;
let authorityFile: string;
let folder: string;
let server: ScriptedServer;
let otherName: ScriptedServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planscope-tls-'));
  const issuer = await createPrivateAuthority();
  authority = issuer.cert;
  authorityFile = join(folder, 'authority.pem');
  writeFileSync(authorityFile, authority);
  const rows = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1]] });
  const serve = async (name: string): Promise<ScriptedServer> => startScriptedServer([rows], await issuer.issue(name));
  server = await serve('localhost');
  otherName = await serve('trino.example');
});
afterAll(() => {
  server.close();
  otherName.close();
  rmSync(folder, { recursive: true });
});

const auth = { username: 'ada', password: 'secret' };

it('a server with a certificate of an unknown authority gets no request, and the error says what to set', async () => {
  const client = createTrinoClient({ server: server.origin, auth });
  const before = server.requests.length;
  const began = performance.now();
  for (const call of [() => client.run('SELECT 1'), () => client.queryInfo('20261128_120648_00002_q6q7j')]) {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unreachable', cause: expect.any(TypeError) });
    expect(String(error)).toMatch(
      /no connection to the server https:\/\/localhost:\d+: the authority .* is not trusted; set NODE_EXTRA_CA_CERTS .* or pass a fetch .*\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
    );
    expect(String(error)).not.toContain('secret');
  }
  expect(server.requests.length).toBe(before);
  // Trying again does not change a certificate, so a request is not repeated for `retryFor`, a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});

it('a certificate for another host name is refused, even from a trusted authority', async () => {
  await expect(
    createTrinoClient({ server: otherName.origin, auth, fetch: trusting(authority) }).run('SELECT 1'),
  ).rejects.toThrow(/certificate is for another host name; .*\(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  expect(otherName.requests).toEqual([]);
});

it('a server without TLS at an https address is explained', async () => {
  const plain = await startScriptedServer([page({})]);
  const client = createTrinoClient({ server: plain.origin.replace('http:', 'https:'), auth });
  await expect(client.run('SELECT 1')).rejects.toThrow(/it does not speak TLS on this port; pass its http URL/);
  plain.close();
});

it('a fetch with a dispatcher trusts the authority', async () => {
  const client = createTrinoClient({ server: server.origin, auth, fetch: trusting(authority) });
  expect((await client.run('SELECT 1')).rows).toEqual([[1]]);
  expect(server.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  const token = createTrinoClient({ server: server.origin, auth: { token: 'jwt' }, fetch: trusting(authority) });
  expect((await token.run('SELECT 1')).rows).toEqual([[1]]);
  expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer jwt');
});

it('NODE_EXTRA_CA_CERTS trusts the authority in the whole process', async () => {
  const program = fileURLToPath(new URL('./ask-server.ts', import.meta.url));
  const run = promisify(execFile);
  const flags = ['--conditions=@planscope/source', '--import', import.meta.resolve('tsx')];
  const answerWith = async (variables: Record<string, string>): Promise<string> => {
    const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
    const env = { ...environment, ...variables };
    return (await run(process.execPath, [...flags, program, server.origin], { env })).stdout;
  };
  expect(await answerWith({})).toMatch(/TrinoClientError: .* is not trusted; set NODE_EXTRA_CA_CERTS/);
  expect(await answerWith({ NODE_EXTRA_CA_CERTS: authorityFile })).toBe('[[1]]\n');
});

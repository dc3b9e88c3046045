import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  broken,
  type Handler,
  page,
  type ScriptedServer,
  startScriptedServer,
  status,
} from '../../test/scripted-server.ts';
import type { TrinoClientOptions } from './client-options.ts';
import { createTrinoClient, type TrinoClient } from './trino-client.ts';
import { TrinoClientError } from './trino-client-error.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A client of a server that answers the requests in turn, and the requests it got. */
async function clientOf(
  handlers: readonly Handler[],
  options: Partial<TrinoClientOptions> = {},
): Promise<{ client: TrinoClient } & ScriptedServer> {
  const server = await startScriptedServer(handlers);
  closing.push(server.close);
  return { client: createTrinoClient({ server: server.origin, user: 'ada', ...options }), ...server };
}

const rows = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1]] });

async function allOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe('requests', () => {
  it('are repeated after 502, 503, 504 and 429, also that of the statement', async () => {
    const { client, requests } = await clientOf([
      status(503),
      status(502),
      page({}, '/v1/next'),
      status(504),
      status(429, { 'retry-after': '0' }),
      rows,
    ]);
    expect((await client.run('SELECT 1')).rows).toEqual([[1]]);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/statement',
      'POST /v1/statement',
      'POST /v1/statement',
      'GET /v1/next',
      'GET /v1/next',
      'GET /v1/next',
    ]);
  });

  it('are repeated after a lost connection, except that of the statement', async () => {
    const { client, requests } = await clientOf([page({}, '/v1/next'), broken, rows]);
    expect((await client.run('SELECT 1')).rows).toEqual([[1]]);
    expect(requests).toHaveLength(3);

    const lost = await clientOf([broken, rows]);
    await expect(lost.client.run('SELECT 1')).rejects.toMatchObject({ code: 'unreachable' });
    expect(lost.requests).toHaveLength(1);
  });

  it('end when a server stays away, or hangs, for longer than retryFor', async () => {
    const gone = await clientOf([page({}, '/v1/next'), broken], { retryFor: 200 });
    await expect(gone.client.run('SELECT 1')).rejects.toThrow(/does not answer/);
    const busy = await clientOf([status(503)], { retryFor: 200 });
    await expect(busy.client.run('SELECT 1')).rejects.toThrow(/answers with status 503/);
    const hanging = await clientOf([page({}, '/v1/next'), () => {}], { retryFor: 100, requestTimeout: 50 });
    const error = await hanging.client.run('SELECT 1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unreachable', cause: new Error('no answer within 50 ms') });
  });

  it('end with what the server says otherwise', async () => {
    const { client } = await clientOf([status(500)]);
    await expect(client.run('SELECT 1')).rejects.toThrow(/answers with status 500: busy/);
    const text = await clientOf([(_, response) => response.end('<html>')]);
    await expect(text.client.run('SELECT 1')).rejects.toMatchObject({ code: 'unexpected-response' });
  });

  it('end with the reason of the signal, and the query with them', async () => {
    const controller = new AbortController();
    const { client, requests } = await clientOf([
      page({}, '/v1/next'),
      () => controller.abort(new Error('enough')),
      status(204),
    ]);
    await expect(client.run('SELECT 1', { signal: controller.signal })).rejects.toThrow('enough');
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/v1/next' });
    await expect(client.run('SELECT 1', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('have the headers of the client and of the query', async () => {
    const session = { query_max_run_time: '10m', 'hive.x': 'a,b=c' };
    const { client, requests } = await clientOf([rows], {
      catalog: 'tpch',
      schema: 'tiny',
      session,
      clientTags: ['a', 'b'],
    });
    const ofQuery = { schema: 'sf1', session: { spill_enabled: true }, source: 'tests', timeZone: 'UTC' };
    expect((await client.run('SELECT 1', ofQuery)).rows).toEqual([[1]]);
    expect(requests[0]?.headers).toMatchObject({
      'x-trino-user': 'ada',
      'x-trino-catalog': 'tpch',
      'x-trino-schema': 'sf1',
      'x-trino-session': 'query_max_run_time=10m,hive.x=a%2Cb%3Dc,spill_enabled=true',
      'x-trino-client-tags': 'a,b',
      'x-trino-source': 'tests',
      'x-trino-time-zone': 'UTC',
    });
  });
});

describe('credentials', () => {
  it('go with each request', async () => {
    const basic = await clientOf([page({}, '/v1/next'), rows], { auth: { username: 'bob', password: 'pässword' } });
    await basic.client.run('SELECT 1');
    const authorization = `Basic ${Buffer.from('bob:pässword').toString('base64')}`;
    expect(basic.requests.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
    let count = 0;
    const token = await clientOf([page({}, '/v1/next'), rows], { auth: { token: async () => `t${++count}` } });
    await token.client.run('SELECT 1');
    expect(token.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('are in no error, and go to no other server', async () => {
    const auth = { username: 'bob', password: 'hunter2' };
    const refusing = await clientOf([status(401)], { auth });
    const other = await clientOf([rows]);
    const elsewhere = page({}, `${other.origin}/v1/next`);
    const redirecting = await clientOf([elsewhere], { auth });
    const headers = { authorization: 'Basic Ym9iOmh1bnRlcjI=' };
    const withHeader = await clientOf([elsewhere], { headers });
    for (const { client, code } of [
      { ...refusing, code: 'unauthorized' },
      { ...redirecting, code: 'foreign-address' },
      { ...withHeader, code: 'foreign-address' },
    ]) {
      const error = await client.run('SELECT 1').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(String(error) + JSON.stringify(error)).not.toMatch(/hunter2|Ym9iOmh1bnRlcjI/);
    }
    expect(other.requests).toHaveLength(0);
  });
});

describe('the session of a client', () => {
  it('cannot be changed by a statement', async () => {
    const { client } = await clientOf([
      (_, response) => response.writeHead(200, { 'x-trino-set-catalog': 'tpch' }).end('{"id":"q1"}'),
    ]);
    await expect(client.run('USE tpch.tiny')).rejects.toThrow(
      /would not see the effect of USE: pass catalog and schema/,
    );
  });
});

describe('options', () => {
  const server = 'https://trino.example';
  it.each([
    [{ server: 'trino.example:8080', user: 'a' }, /server: "trino.example:8080" is not an http or https URL/],
    [{ server: 'https://bob:hunter2@trino.example', user: 'a' }, /server: must have no user or password/],
    [{ server: 'http://trino.example', auth: { token: 't' } }, /auth: credentials need TLS/],
    [{ server: 'http://10.0.0.1', auth: { username: 'a', password: 'hunter2' } }, /auth: credentials need TLS/],
    [{ server: 'http://localhost.example', auth: { token: 't' } }, /auth: credentials need TLS/],
    [{ server }, /user: is missing/],
    [{ server, user: 'a\r\nX: y' }, /user: has characters that a header cannot have/],
    [{ server, user: 'a', clientTags: ['a,b'] }, /clientTags: "a,b" has a comma/],
    [{ server, user: 'a', session: { 'a=b,c': 1 } }, /session: "a=b,c" is not the name of a property/],
    [{ server, user: 'a', retryFor: Number.NaN }, /retryFor: NaN is not a number of milliseconds/],
  ])('are refused before any request', (options, message) => {
    expect(() => createTrinoClient(options)).toThrow(message);
    expect(() => createTrinoClient(options)).toThrow(TrinoClientError);
    expect(() => createTrinoClient(options)).not.toThrow(/hunter2/);
  });

  it('of a query are refused before it is sent', async () => {
    const { client, requests } = await clientOf([rows]);
    await expect(client.run('SELECT ?', { parameters: [{}] })).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(client.run('SELECT 1', { clientTags: ['a b'] })).rejects.toMatchObject({ code: 'invalid-option' });
    expect(requests).toHaveLength(0);
  });
});

describe('a result', () => {
  it('is read once', async () => {
    const { client } = await clientOf([rows]);
    const result = await client.query('SELECT 1');
    expect(await allOf(result.objects())).toEqual([{ n: 1 }]);
    await expect(allOf(result)).rejects.toMatchObject({ code: 'result-consumed' });
  });

  it('ends the query where the program leaves it, or cancels it', async () => {
    const first = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1], [2]] }, '/v1/next');
    const left = await clientOf([first, status(204)]);
    for await (const row of await left.client.query('SELECT 1')) {
      expect(row).toEqual([1]);
      break;
    }
    expect(left.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    const cancelled = await clientOf([first, status(204)]);
    const result = await cancelled.client.query('SELECT 1');
    await result.cancel();
    expect(cancelled.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    await expect(allOf(result)).rejects.toMatchObject({ code: 'result-consumed' });
  });

  it('ends the query by the signal while nobody asks for rows, and where the program drops it', async () => {
    const first = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1]] }, '/v1/next');
    const idle = await clientOf([first, status(204)]);
    const controller = new AbortController();
    const result = await idle.client.query('SELECT 1', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await vi.waitFor(() => expect(idle.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']));
    await expect(allOf(result)).rejects.toThrow('enough');
    const dropped = await clientOf([first, status(204)]);
    await dropped.client.query('SELECT 1');
    await vi.waitFor(() => {
      globalThis.gc?.();
      expect(dropped.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    });
  });

  it('ends the reading where the program aborts it between two pages', async () => {
    const first = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1]] }, '/v1/next');
    const { client } = await clientOf([first, status(204)]);
    const controller = new AbortController();
    const result = await client.query('SELECT 1', { signal: controller.signal });
    await expect(async () => {
      for await (const row of result) if (row.length > 0) controller.abort(new Error('enough'));
    }).rejects.toThrow('enough');
  });

  it('asks for the next page when its rows are read', async () => {
    const first = page({ columns: [{ name: 'n', type: 'integer' }], data: [[1]] }, '/v1/next');
    const { client, requests } = await clientOf([first, rows]);
    const iterator = (await client.query('SELECT 1'))[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: [1] });
    expect(requests).toHaveLength(1);
    expect(await iterator.next()).toEqual({ done: false, value: [1] });
    expect(requests).toHaveLength(2);
    expect((await iterator.next()).done).toBe(true);
  });
});

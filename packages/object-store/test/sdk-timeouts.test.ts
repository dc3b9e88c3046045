import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../src/contract/object-store.ts';
import { ObjectStoreError } from '../src/contract/object-store-error.ts';
import { GsStore } from '../src/gs/index.ts';
import { S3Store } from '../src/s3/index.ts';
import { LoopbackServer } from './servers/loopback-server.ts';
import { accessKeyId, secretAccessKey } from './servers/s3-signature.ts';

const server = new LoopbackServer(() => ({ status: 500 }));
server.fault = () => 'silence';
const endpoint = await server.listen();
afterAll(() => server.close());

const credentials = { accessKeyId, secretAccessKey };

const stores: Record<string, ObjectStore> = {
  s3: new S3Store({
    bucket: 'silent',
    endpoint,
    region: 'us-east-1',
    credentials,
    clientConfig: { maxAttempts: 1, requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } },
  }),
  gs: new GsStore({
    bucket: 'silent',
    apiEndpoint: endpoint,
    projectId: 'silent',
    clientConfig: { timeout: 50, retryOptions: { autoRetry: false } },
  }),
};

describe.each(Object.entries(stores))('the %s SDK', (name, store) => {
  afterEach(() => vi.waitFor(() => expect(server.active).toBe(0), { timeout: 15_000 }));

  it('ends a request at a limit of its own, where it was given one', async () => {
    const error = await store.head('x').catch((thrown: unknown) => thrown);
    if (!ObjectStoreError.isInstance(error)) throw error;
    expect(error).toMatchObject({ kind: 'Generic', store: name, path: 'x' });
    expect(String(error.cause)).toMatch(/time(d )?out|exceeded/i);
  });
});

import { afterEach, expect, it, vi } from 'vitest';
import { AzStore } from '../src/az/index.ts';
import { instrumentStore, MemoryStore } from '../src/index.ts';
import { S3Store } from '../src/s3/index.ts';

afterEach(() => vi.unstubAllEnvs());

const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };

it('of S3 is what the SDK resolved from options', async () => {
  const store = new S3Store({ bucket: 'b', endpoint: 'http://127.0.0.1:9/base', region: 'r', credentials });
  const access = { kind: 's3', bucket: 'b', region: 'r', endpoint: 'http://127.0.0.1:9/base', forcePathStyle: true };
  expect(await store.access()).toMatchObject({ ...access, credentials });
  // A traced store tells the same.
  expect(await instrumentStore(store).access?.()).toMatchObject({ ...access, credentials });
});

it('of S3 is what the environment says', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'from the environment');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  const access = await new S3Store({ bucket: 'b' }).access();
  expect(access).toMatchObject({ region: 'eu-central-1', forcePathStyle: false });
  expect(access.credentials).toMatchObject({ accessKeyId: 'from the environment' });
  expect(access).not.toHaveProperty('endpoint');
});

it.each([
  [{ account: 'a', accountKey: 'k' }, 'AccountName=a;AccountKey=k;BlobEndpoint=https://a.blob.core.windows.net'],
  [{ account: 'a', sasToken: '?sig=x' }, 'BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sig=x'],
  [{ connectionString: 'AccountName=a;AccountKey=k' }, 'AccountName=a;AccountKey=k'],
])('of Azure is a connection string for %j', async (options, connectionString) => {
  const access = await new AzStore({ container: 'c', ...options }).access();
  expect(access).toEqual({ kind: 'azure', container: 'c', connectionString });
});

it('is not known of a credential of the SDK, nor of a store in memory', async () => {
  const credential = { getToken: () => Promise.resolve(null) };
  expect(await new AzStore({ container: 'c', account: 'a', credential }).access()).toBeUndefined();
  expect(instrumentStore(new MemoryStore()).access).toBeUndefined();
});

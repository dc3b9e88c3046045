import { expect, it } from 'vitest';
import { loadSdk } from './cloud-request.ts';

it('says what to install when a package is not there', async () => {
  const name = '@planscope/no-such-sdk';
  const failure = loadSdk(name, 's3', () => import(/* @vite-ignore */ name) as Promise<unknown>);
  await expect(failure).rejects.toMatchObject({
    kind: 'NotSupported',
    message:
      '[planscope/object-store] the package @planscope/no-such-sdk is not installed; install it with "npm install @planscope/no-such-sdk" (store "s3")',
  });
});

it('lets what the package itself throws through', async () => {
  const broken = new Error('broken while loading');
  await expect(loadSdk('any', 's3', () => Promise.reject(broken))).rejects.toBe(broken);
});

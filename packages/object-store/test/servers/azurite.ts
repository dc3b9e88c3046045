import { createRequire } from 'node:module';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { freePort, ServerProcess } from './server-process.ts';

/** The account that every Azurite has. */
export const account = 'devstoreaccount1';
export const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Azurite, its blobs in memory. */
export async function startAzurite(): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const port = await freePort();
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const settings = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
  const address = ['--blobHost', '127.0.0.1', '--blobPort', String(port)];
  const server = await ServerProcess.start(process.execPath, [main, ...address, ...settings], port);
  return { endpoint: `http://127.0.0.1:${port}/${account}`, stop: () => server.stop() };
}

/** Makes a container for a test. */
export async function createContainer(endpoint: string, container: string): Promise<void> {
  await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey)).createContainer(container);
}

import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll } from 'vitest';
import { AzStore } from '../src/az/index.ts';
import { account, accountKey, startAzurite } from './servers/azurite.ts';
import { testConformance } from './servers/conformance.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());

const { endpoint } = azurite;
const container = 'loopback';
await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey)).createContainer(container);
const store = new AzStore({ container, endpoint, account, accountKey });
testConformance('Azurite', () => store, [accountKey]);

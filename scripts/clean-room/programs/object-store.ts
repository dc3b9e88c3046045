import assert from 'node:assert/strict';
import { createStoreRegistry, ObjectStoreError } from '@planscope/object-store';
import { azStores } from '@planscope/object-store/az';
import { gsStores } from '@planscope/object-store/gs';
import { s3Stores } from '@planscope/object-store/s3';

const packages = {
  's3://bucket/a.csv': '@aws-sdk/client-s3',
  'gs://bucket/a.csv': '@google-cloud/storage',
  'az://container/a.csv': '@azure/storage-blob',
};

/** None of the SDKs is installed here: each store says which one is missing. */
export async function main(): Promise<void> {
  const stores = createStoreRegistry({
    factories: { s3: s3Stores({ region: 'eu-central-1' }), gs: gsStores(), az: azStores({ account: 'sales' }) },
  });
  for (const [location, name] of Object.entries(packages)) {
    const { store, path } = stores.resolve(location);
    const isMissing = (error: unknown): boolean =>
      ObjectStoreError.isInstance(error, 'NotSupported') && error.message.includes(`npm install ${name}`);
    await assert.rejects(store.get(path), isMissing);
  }
}

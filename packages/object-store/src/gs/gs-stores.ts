import type { StoreFactory } from '../registry/store-registry.ts';
import type { GsStoreOptions } from './gs-options.ts';
import { GsStore } from './gs-store.ts';

/** Makes the stores of a registry's `gs` and `gcs` locations; the SDK is loaded with the first request. */
export function gsStores(options: Omit<GsStoreOptions, 'bucket'> = {}): StoreFactory {
  return ({ bucket }) => new GsStore({ ...options, bucket });
}

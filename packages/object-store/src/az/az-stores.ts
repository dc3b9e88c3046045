import type { StoreFactory } from '../registry/store-registry.ts';
import type { AzStoreOptions } from './az-options.ts';
import { AzStore } from './az-store.ts';

/**
 * Makes the stores of a registry's `az`, `abfs` and `abfss` locations; the SDK is loaded with the first request. A
 * location with a host names its account.
 */
export function azStores(options: Omit<AzStoreOptions, 'container' | 'baseUrl'> = {}): StoreFactory {
  return ({ bucket: container, host, baseUrl }) => {
    const account = host?.split('.', 1)[0];
    return new AzStore({ ...options, container, baseUrl, ...(account === undefined ? {} : { account }) });
  };
}

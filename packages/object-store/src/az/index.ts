// For users.
export type { AzStoreOptions } from './az-options.ts';
export { AzStore } from './az-store.ts';
export { azStores } from './az-stores.ts';

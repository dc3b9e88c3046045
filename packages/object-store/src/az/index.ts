// For users.
export type { AzStoreOptions } from './az-connection.ts';
export { AzStore, azStores } from './az-store.ts';

// For users.
export type { GsStoreOptions } from './gs-connection.ts';
export { GsStore, gsStores } from './gs-store.ts';

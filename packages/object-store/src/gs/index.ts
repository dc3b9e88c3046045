// For users.
export type { GsStoreOptions } from './gs-options.ts';
export { GsStore } from './gs-store.ts';
export { gsStores } from './gs-stores.ts';

// For users.
export type { S3StoreOptions } from './s3-options.ts';
export { S3Store } from './s3-store.ts';
export { s3Stores } from './s3-stores.ts';

// For users.
export type { S3StoreOptions } from './s3-connection.ts';
export { S3Store, s3Stores } from './s3-store.ts';

import type { StoreFactory } from '../registry/store-registry.ts';
import type { S3StoreOptions } from './s3-options.ts';
import { S3Store } from './s3-store.ts';

/** Makes the stores of a registry's `s3` locations; the SDK is loaded with the first request. */
export function s3Stores(options: Omit<S3StoreOptions, 'bucket'> = {}): StoreFactory {
  return ({ bucket }) => new S3Store({ ...options, bucket });
}

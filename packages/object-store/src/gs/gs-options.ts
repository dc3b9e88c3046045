import type { Storage, StorageOptions } from '@google-cloud/storage';
import type { CloudOptions } from '../cloud/cloud-options.ts';

/** How a bucket is reached. What is not given comes from the SDK's own chain: environment, gcloud, metadata server. */
export interface GsStoreOptions extends CloudOptions {
  readonly bucket: string;
  readonly projectId?: string;
  /** URL of an emulator; no credentials are sent to it unless `clientConfig` says so. */
  readonly apiEndpoint?: string;
  readonly credentials?: StorageOptions['credentials'];
  /** Path of a key file. */
  readonly keyFilename?: string;
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: StorageOptions;
  /** A client of the program's own, in place of all the above but the bucket. */
  readonly client?: Storage;
  /** Bytes of a part when a stream is written; default 16 MiB. */
  readonly partSize?: number;
}

import type { S3, S3ClientConfig } from '@aws-sdk/client-s3';
import type { CloudOptions } from '../cloud/cloud-options.ts';

/** How a bucket is reached. What is not given comes from the SDK's own chain: environment, profile, instance. */
export interface S3StoreOptions extends CloudOptions {
  readonly bucket: string;
  readonly region?: string;
  /** URL of a compatible server. */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path and not in the host; default true where an endpoint is given. */
  readonly forcePathStyle?: boolean;
  readonly credentials?: S3ClientConfig['credentials'];
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: S3ClientConfig;
  /** A client of the program's own, in place of all the above but the bucket. */
  readonly client?: S3;
  /** Bytes of a part when a stream is written, from 5 MiB; default 8 MiB. */
  readonly partSize?: number;
}

import type { Bucket, Storage, StorageOptions } from '@google-cloud/storage';
import { untilAborted } from '../body/abortable.ts';
import { type CloudOptions, cloudError, cloudRequest, loadSdk, type Meaning } from '../cloud/cloud-request.ts';
import { type RequestWatch, watchRequests } from '../cloud/watch-requests.ts';
import type { ObjectStoreError } from '../contract/object-store-error.ts';
import type { GsAccess } from '../contract/store-access.ts';
import type { CallOptions } from '../contract/store-calls.ts';

/** How a bucket is reached. What is not given comes from the SDK's own chain: environment, gcloud, metadata server. */
export interface GsStoreOptions extends CloudOptions {
  readonly bucket: string;
  readonly projectId?: string;
  /** URL of an emulator; no credentials are sent to it unless `clientConfig` says so. */
  readonly apiEndpoint?: string;
  readonly credentials?: StorageOptions['credentials'];
  /** Path of a key file. */
  readonly keyFilename?: string;
  /**
   * An HMAC key of the same account. The store does not use it: other programs, such as DuckDB, cannot use the credentials
   * above, and read the bucket with it.
   */
  readonly hmacKey?: {
    readonly accessId: string;
    readonly secret: string;
    /** URL of a server that is compatible with the XML API. Default: Google's. */
    readonly endpoint?: string;
  };
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: StorageOptions;
  /** The program's own client; replaces all of the above except the bucket. */
  readonly client?: Storage;
  /** Bytes of a part when a stream is written; default 16 MiB. */
  readonly partSize?: number;
}

/** The SDK's client of one bucket, loaded with its first request. */
export class GsConnection {
  readonly store: string;
  readonly #options: GsStoreOptions;
  #bucket: Promise<Bucket> | undefined;

  constructor(options: GsStoreOptions, store: string) {
    this.store = store;
    this.#options = options;
  }

  /** @throws ObjectStoreError NotSupported when the SDK is not installed */
  bucket(): Promise<Bucket> {
    this.#bucket ??= this.#load();
    return this.#bucket;
  }

  /** The bucket and the server that has it. */
  async identity(): Promise<string> {
    const { name, storage } = await this.bucket();
    return `gs ${storage.apiEndpoint} ${name}`;
  }

  /** How other programs reach the bucket; undefined without an HMAC key. */
  access(): GsAccess | undefined {
    const { bucket, hmacKey } = this.#options;
    return hmacKey && { kind: 'gs', bucket, ...hmacKey };
  }

  /**
   * Makes one request and reports its attempts to the observer. The SDK cannot cancel a call, so an aborted call has its
   * requests ended at the HTTP level.
   *
   * @throws ObjectStoreError, or the signal's reason
   */
  async send<Output>(
    path: string,
    { signal, observe }: CallOptions,
    request: (bucket: Bucket, watch: RequestWatch) => Promise<Output>,
  ): Promise<Output> {
    const settings = { store: this.store, path, signal, timeout: this.#options.responseTimeout, toError: gsError };
    return cloudRequest(settings, async (stop) => {
      const bucket = await this.bucket();
      return watchRequests(new URL(bucket.storage.apiEndpoint).hostname, stop, (watch) =>
        untilAborted(request(bucket, watch), stop).finally(() =>
          observe?.({ requests: 1, attempts: Math.max(1, watch.attempts) }),
        ),
      );
    });
  }

  async #load(): Promise<Bucket> {
    const { bucket, client, projectId, apiEndpoint, credentials, keyFilename, clientConfig } = this.#options;
    if (client !== undefined) return client.bucket(bucket);
    const sdk = await loadSdk('@google-cloud/storage', this.store, () => import('@google-cloud/storage'));
    const storage = new sdk.Storage({
      ...clientConfig,
      // Writes here are idempotent. Any other strategy makes the SDK switch its retries off
      // for the whole client during a write, and sometimes permanently.
      retryOptions: { idempotencyStrategy: sdk.IdempotencyStrategy.RetryAlways, ...clientConfig?.retryOptions },
      ...(projectId === undefined ? {} : { projectId }),
      ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(keyFilename === undefined ? {} : { keyFilename }),
    });
    return storage.bucket(bucket);
  }
}

const noCredentials: Meaning = ['Unauthenticated', 'no credentials were found'];

/** Wraps an error of the SDK in an ObjectStoreError. */
function gsError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { code, message = '' } = cause as { code?: unknown; message?: string };
  const isWithoutCredentials = /could not load the default credentials/i.test(message);
  return cloudError(cause, where, isWithoutCredentials ? noCredentials : undefined, code);
}

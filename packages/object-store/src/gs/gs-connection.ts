import type { Bucket } from '@google-cloud/storage';
import { untilAborted } from '../body/until-aborted.ts';
import { cloudRequest } from '../cloud/cloud-request.ts';
import { loadSdk } from '../cloud/load-sdk.ts';
import { type RequestWatch, watchRequests } from '../cloud/watch-requests.ts';
import type { CallOptions } from '../contract/call-options.ts';
import { gsError } from './gs-error.ts';
import type { GsStoreOptions } from './gs-options.ts';

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

  /**
   * Makes one request and tells the observer of its tries. The SDK cannot be told to stop, so the requests of an aborted
   * call are ended below it.
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
      // Writes here give the same object when they are repeated. Any other strategy makes the SDK switch its retries off
      // for the whole client while a write goes on, and at times for good.
      retryOptions: { idempotencyStrategy: sdk.IdempotencyStrategy.RetryAlways, ...clientConfig?.retryOptions },
      ...(projectId === undefined ? {} : { projectId }),
      ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(keyFilename === undefined ? {} : { keyFilename }),
    });
    return storage.bucket(bucket);
  }
}

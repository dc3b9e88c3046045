import type { S3 } from '@aws-sdk/client-s3';
import { loadSdk } from '../cloud/load-sdk.ts';
import type { CallOptions } from '../contract/call-options.ts';
import { s3Error } from './s3-error.ts';
import type { S3StoreOptions } from './s3-options.ts';

interface Metadata {
  readonly $metadata: { readonly attempts?: number | undefined };
}

/** The SDK's client of one store, loaded with its first request. */
export class S3Connection {
  readonly bucket: string;
  readonly store: string;
  readonly #options: S3StoreOptions;
  #client: Promise<S3> | undefined;

  constructor(options: S3StoreOptions, store: string) {
    this.bucket = options.bucket;
    this.store = store;
    this.#options = options;
  }

  /** @throws ObjectStoreError NotSupported when the SDK is not installed */
  client(): Promise<S3> {
    this.#client ??= this.#load();
    return this.#client;
  }

  /** The bucket and the server that has it. A name of a bucket is unique among those of one partition of AWS only. */
  async identity(): Promise<string> {
    const { config } = await this.client();
    const { serviceConfiguredEndpoint } = config as { serviceConfiguredEndpoint?: () => Promise<string | undefined> };
    const given = await config.endpoint?.();
    const server =
      given === undefined
        ? ((await serviceConfiguredEndpoint?.()) ?? (await config.region()))
        : `${given.protocol}//${given.hostname}:${given.port ?? ''}${given.path}`;
    return `s3 ${server} ${this.bucket}`;
  }

  /**
   * Makes one request and tells the observer of its tries.
   *
   * @throws ObjectStoreError, or the signal's reason
   */
  async send<Output extends Metadata>(
    path: string,
    options: CallOptions,
    request: (s3: S3, http: { readonly abortSignal?: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    const { signal, observe } = options;
    signal?.throwIfAborted();
    const s3 = await this.client();
    try {
      const output = await request(s3, signal === undefined ? {} : { abortSignal: signal });
      observe?.({ requests: 1, attempts: output.$metadata.attempts ?? 1 });
      return output;
    } catch (error) {
      observe?.({ requests: 1, attempts: (error as Partial<Metadata>).$metadata?.attempts ?? 1 });
      signal?.throwIfAborted();
      throw s3Error(error, { store: this.store, path });
    }
  }

  async #load(): Promise<S3> {
    const { client, region, endpoint, credentials, clientConfig } = this.#options;
    if (client !== undefined) return client;
    const sdk = await loadSdk('@aws-sdk/client-s3', this.store, () => import('@aws-sdk/client-s3'));
    const forcePathStyle = this.#options.forcePathStyle ?? endpoint !== undefined;
    return new sdk.S3({
      ...clientConfig,
      ...(forcePathStyle ? { forcePathStyle } : {}),
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }
}

import type { S3 } from '@aws-sdk/client-s3';
import { untilAborted } from '../body/until-aborted.ts';
import { cloudRequest } from '../cloud/cloud-request.ts';
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
    { signal, observe }: CallOptions,
    request: (s3: S3, http: { readonly abortSignal: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    const settings = { store: this.store, path, signal, timeout: this.#options.responseTimeout, toError: s3Error };
    return cloudRequest(settings, async (abortSignal) => {
      const s3 = await this.client();
      let metadata: Partial<Metadata> = {};
      try {
        const output = await untilAborted(request(s3, { abortSignal }), abortSignal);
        metadata = output;
        return output;
      } catch (error) {
        metadata = error as Partial<Metadata>;
        throw error;
      } finally {
        observe?.({ requests: 1, attempts: metadata.$metadata?.attempts ?? 1 });
      }
    });
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

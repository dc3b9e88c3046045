import type { S3, S3ClientConfig } from '@aws-sdk/client-s3';
import { untilAborted } from '../body/abortable.ts';
import { type CloudOptions, cloudError, cloudRequest, loadSdk, type Meaning } from '../cloud/cloud-request.ts';
import type { ObjectStoreError } from '../contract/object-store-error.ts';
import type { S3Access } from '../contract/store-access.ts';
import type { CallOptions } from '../contract/store-calls.ts';

/** How a bucket is reached. What is not given comes from the SDK's own chain: environment, profile, instance. */
export interface S3StoreOptions extends CloudOptions {
  readonly bucket: string;
  readonly region?: string;
  /** URL of a compatible server. */
  readonly endpoint?: string;
  /** Whether the bucket is in the path instead of the host; default true if an endpoint is given. */
  readonly forcePathStyle?: boolean;
  readonly credentials?: S3ClientConfig['credentials'];
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: S3ClientConfig;
  /** The program's own client; replaces all of the above except the bucket. */
  readonly client?: S3;
  /** Bytes of a part when a stream is written, from 5 MiB; default 8 MiB. */
  readonly partSize?: number;
}

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

  /** Endpoint, region and current credentials, from the configuration of the SDK. */
  async access(): Promise<S3Access> {
    const { config } = await this.client();
    const endpoint = await this.#endpoint();
    const region = await config.region().catch(() => undefined);
    const credentials = await config.credentials().catch((error: Error) => {
      if (error.name === 'CredentialsProviderError') return undefined;
      throw s3Error(error, { store: this.store, path: '' });
    });
    return {
      kind: 's3',
      bucket: this.bucket,
      forcePathStyle: config.forcePathStyle === true,
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  /** The bucket and its server. A bucket name is unique only within one AWS partition. */
  async identity(): Promise<string> {
    const server = (await this.#endpoint()) ?? (await (await this.client()).config.region());
    return `s3 ${server} ${this.bucket}`;
  }

  /** URL of the server; undefined for AWS. */
  async #endpoint(): Promise<string | undefined> {
    const { config } = await this.client();
    const { serviceConfiguredEndpoint } = config as { serviceConfiguredEndpoint?: () => Promise<string | undefined> };
    const given = await config.endpoint?.();
    if (given === undefined) return serviceConfiguredEndpoint?.();
    return `${given.protocol}//${given.hostname}:${given.port ?? ''}${given.path}`;
  }

  /**
   * Makes one request and reports its attempts to the observer.
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

const byName: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: ['NotFound', 'there is no such bucket'],
  NoSuchUpload: ['NotFound', 'there is no such upload; it was completed or aborted'],
  InvalidAccessKeyId: ['Unauthenticated', 'the access key is unknown'],
  SignatureDoesNotMatch: ['Unauthenticated', 'the secret key does not fit the access key'],
  ExpiredToken: ['Unauthenticated', 'the session token has expired'],
  InvalidToken: ['Unauthenticated', 'the session token is not valid'],
  CredentialsProviderError: ['Unauthenticated', 'no credentials were found'],
  KeyTooLongError: ['InvalidPath', 'the path is longer than 1024 bytes'],
  EntityTooSmall: ['Generic', 'a part other than the last is smaller than the store takes'],
};

const conflict: Meaning = ['Precondition', 'another write to the object was under way'];

/** Wraps an error of the SDK in an ObjectStoreError. */
export function s3Error(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { name = 'Error', $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return cloudError(cause, where, byName[name] ?? (status === 409 ? conflict : undefined), status);
}

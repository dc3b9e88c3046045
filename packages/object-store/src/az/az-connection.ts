import type { ContainerClient, StoragePipelineOptions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { untilAborted } from '../body/abortable.ts';
import { type CloudOptions, cloudError, cloudRequest, loadSdk, type Meaning } from '../cloud/cloud-request.ts';
import { watchRequests } from '../cloud/watch-requests.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { AzureAccess } from '../contract/store-access.ts';
import type { CallOptions } from '../contract/store-calls.ts';

/** How a container is reached. */
export interface AzStoreOptions extends CloudOptions {
  readonly container: string;
  /** Name of the storage account. */
  readonly account?: string;
  /** URL of the account; default `https://<account>.blob.core.windows.net`. An emulator has one of its own. */
  readonly endpoint?: string;
  readonly accountKey?: string;
  /** Shared access signature, with or without its `?`. */
  readonly sasToken?: string;
  readonly connectionString?: string;
  /**
   * A credential of `@azure/identity` or of the SDK. Without it and any of the above, the store uses the
   * default chain of `@azure/identity`.
   */
  readonly credential?: ContainerClient['credential'];
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: StoragePipelineOptions;
  /** The program's own client; replaces all of the above except the container. */
  readonly client?: ContainerClient;
  /** Base URL under which the store is registered; default `az://<container>/`. */
  readonly baseUrl?: string;
  /** Bytes of a part when a stream is written; default 8 MiB. */
  readonly partSize?: number;
}

type Sdk = typeof import('@azure/storage-blob');

/** The SDK's client of one container, loaded with its first request. */
export class AzConnection {
  readonly store: string;
  readonly #options: AzStoreOptions;
  #client: Promise<ContainerClient> | undefined;

  constructor(options: AzStoreOptions, store: string) {
    this.store = store;
    this.#options = options;
  }

  /** @throws ObjectStoreError NotSupported when the SDK is not installed */
  client(): Promise<ContainerClient> {
    this.#client ??= this.#load();
    return this.#client;
  }

  /** The container and its account, without the signature in the URL. */
  async identity(): Promise<string> {
    const { origin, pathname } = new URL((await this.client()).url);
    return `az ${origin}${pathname}`;
  }

  /** A connection string, if the store was created with one, an account key or a signature. */
  access(): AzureAccess | undefined {
    const { container, connectionString, account, accountKey, sasToken, client } = this.#options;
    if (client !== undefined) return undefined;
    const given = (text: string): AzureAccess => ({ kind: 'azure', container, connectionString: text });
    if (connectionString !== undefined) return given(connectionString);
    const server = `BlobEndpoint=${this.#endpoint()}`;
    if (sasToken !== undefined) return given(`${server};SharedAccessSignature=${sasToken.replace(/^\?/, '')}`);
    if (account === undefined || accountKey === undefined) return undefined;
    return given(`AccountName=${account};AccountKey=${accountKey};${server}`);
  }

  /**
   * Makes one request and reports its attempts to the observer.
   *
   * @throws ObjectStoreError, or the signal's reason
   */
  async send<Output>(
    path: string,
    { signal, observe }: CallOptions,
    request: (container: ContainerClient, http: { readonly abortSignal: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    const settings = { store: this.store, path, signal, timeout: this.#options.responseTimeout, toError: azError };
    return cloudRequest(settings, async (abortSignal) => {
      const container = await this.client();
      return watchRequests(new URL(container.url).hostname, abortSignal, (watch) =>
        untilAborted(request(container, { abortSignal }), abortSignal).finally(() =>
          observe?.({ requests: 1, attempts: Math.max(1, watch.attempts) }),
        ),
      );
    });
  }

  async #load(): Promise<ContainerClient> {
    const { client, connectionString, container, sasToken, clientConfig } = this.#options;
    if (client !== undefined) return client;
    const sdk = await loadSdk('@azure/storage-blob', this.store, () => import('@azure/storage-blob'));
    if (connectionString !== undefined) {
      return sdk.BlobServiceClient.fromConnectionString(connectionString, clientConfig).getContainerClient(container);
    }
    const url = `${this.#endpoint()}/${encodeURIComponent(container)}`;
    if (sasToken !== undefined) {
      const signed = `${url}?${sasToken.replace(/^\?/, '')}`;
      return new sdk.ContainerClient(signed, new sdk.AnonymousCredential(), clientConfig);
    }
    return new sdk.ContainerClient(url, await this.#credential(sdk), clientConfig);
  }

  #endpoint(): string {
    const { endpoint, account } = this.#options;
    if (endpoint !== undefined) return endpoint.replace(/\/$/, '');
    if (account !== undefined) return `https://${account}.blob.core.windows.net`;
    const text =
      'the storage account is not known; give "account", "endpoint" or "connectionString", or a location with its host';
    throw new ObjectStoreError('Generic', text, { store: this.store });
  }

  async #credential(sdk: Sdk): Promise<ContainerClient['credential'] | StorageSharedKeyCredential> {
    const { credential, account, accountKey } = this.#options;
    if (credential !== undefined) return credential;
    if (accountKey !== undefined && account !== undefined)
      return new sdk.StorageSharedKeyCredential(account, accountKey);
    // A variable holds the name, because the package is optional when credentials are given.
    const name = '@azure/identity';
    const identity = await loadSdk(name, this.store, () => import(name) as Promise<Identity>);
    return new identity.DefaultAzureCredential();
  }
}

interface Identity {
  readonly DefaultAzureCredential: new () => ContainerClient['credential'];
}

const byName: Readonly<Record<string, Meaning>> = {
  AggregateAuthenticationError: ['Unauthenticated', 'no credentials were found'],
  CredentialUnavailableError: ['Unauthenticated', 'no credentials were found'],
};

const byCode: Readonly<Record<string, Meaning>> = {
  BlobAlreadyExists: ['AlreadyExists', 'there is an object already'],
  ContainerNotFound: ['NotFound', 'there is no such container'],
  AuthenticationFailed: ['Unauthenticated', 'the credentials were refused'],
  InvalidBlockList: ['Generic', 'parts are missing; another upload to this path was completed, or they expired'],
  InvalidResourceName: ['InvalidPath', 'the service takes no such path'],
  InvalidUri: ['InvalidPath', 'the service takes no such path'],
};

/** Wraps an error of the SDK in an ObjectStoreError. */
function azError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { code = '', statusCode, name = '' } = cause as { code?: string; statusCode?: number; name?: string };
  return cloudError(cause, where, byName[name] ?? byCode[code], statusCode);
}

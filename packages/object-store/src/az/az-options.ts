import type { ContainerClient, StoragePipelineOptions } from '@azure/storage-blob';
import type { CloudOptions } from '../cloud/cloud-options.ts';

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
   * A credential of `@azure/identity`, or one of the SDK's own. Where neither it nor any of the above is given, the
   * default chain of `@azure/identity` is used.
   */
  readonly credential?: ContainerClient['credential'];
  /** Everything else the SDK's client takes. */
  readonly clientConfig?: StoragePipelineOptions;
  /** A client of the program's own, in place of all the above but the container. */
  readonly client?: ContainerClient;
  /** Where the store is registered; default `az://<container>/`. */
  readonly baseUrl?: string;
  /** Bytes of a part when a stream is written; default 8 MiB. */
  readonly partSize?: number;
}

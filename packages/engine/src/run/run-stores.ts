import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import {
  type CallOptions,
  findObjects,
  instrumentStore,
  type ObjectStore,
  objectUrl,
  type ResolvedLocation,
  type StoreRegistry,
} from '@planscope/object-store';
import type { WarningSink } from '@planscope/plan';
import { storageSpans } from '../filter/span-levels.ts';
import type { InputObject } from '../input/input-source.ts';

/** The stores of one run, instrumented if the run traces storage. */
export class RunStores {
  readonly #registry: StoreRegistry;
  readonly #instrumented: (store: ObjectStore) => ObjectStore;

  constructor(registry: StoreRegistry, config: TracingConfig, tracerProvider: TracerProvider, warn: WarningSink) {
    this.#registry = registry;
    const traced = config.enabled && config.instrumentObjectStore;
    const options = {
      tracerProvider,
      warn,
      maxTextBytes: config.maxAttributeBytes,
      errorMessages: config.privacy.errorMessages,
      isEnabled: storageSpans(config),
    };
    this.#instrumented = (store) => (traced ? instrumentStore(store, options) : store);
  }

  /**
   * Resolves a location to its store and path, without a request.
   *
   * @throws ObjectStoreError for an unknown scheme, credentials, or an invalid path
   */
  resolve(location: string): ResolvedLocation {
    const resolved = this.#registry.resolve(location);
    return { ...resolved, store: this.#instrumented(resolved.store) };
  }

  /**
   * The objects at a location, sorted by path.
   *
   * @throws ObjectStoreError NotFound if a location without a pattern has no object
   */
  async find(location: string, options: CallOptions): Promise<InputObject[]> {
    const resolved = this.resolve(location);
    const { store } = resolved;
    const objects: InputObject[] = [];
    for await (const meta of findObjects(resolved, options)) {
      objects.push({ url: objectUrl(store, meta.path), store, meta });
    }
    return objects;
  }
}

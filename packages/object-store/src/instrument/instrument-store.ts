import type { ObjectStore } from '../contract/object-store.ts';
import { innerStore, markTraced } from './inner-store.ts';
import type { InstrumentStoreOptions } from './instrument-options.ts';
import { TracedStore } from './traced-store.ts';

/**
 * The same store with a span for each operation. A store that is traced already, by this copy of the package or by
 * another, is given back as it is.
 *
 * @param options.partSpans whether each part of an upload gets a span; default true
 */
export function instrumentStore(store: ObjectStore, options: InstrumentStoreOptions = {}): ObjectStore {
  if (innerStore(store) !== store) return store;
  const traced = new TracedStore(store, options);
  markTraced(traced, store);
  return traced;
}

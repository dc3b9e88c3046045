import type { ObjectStore } from '../contract/object-store.ts';

/** Known to every copy of the package, so that none wraps what another has wrapped. */
const marker = Symbol.for('planscope.object-store.inner');

/** The store behind a traced one; any other store is given back as it is. */
export function innerStore(store: ObjectStore): ObjectStore {
  return (store as { readonly [marker]?: ObjectStore })[marker] ?? store;
}

/** Marks a store as the traced form of another. */
export function markTraced(traced: ObjectStore, inner: ObjectStore): void {
  Object.defineProperty(traced, marker, { value: inner });
}

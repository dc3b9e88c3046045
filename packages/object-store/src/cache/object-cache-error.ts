import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.object-store.ObjectCacheError');

/**
 * `invalid-option`: an option that cannot be; `folder-refused`: the folder cannot be used as a cache; `no-space`: its disk
 * is full; `closed`: files were asked for after their end.
 */
export type ObjectCacheErrorCode = 'invalid-option' | 'folder-refused' | 'no-space' | 'closed';

/** Local copies of objects cannot be kept. What a store says of an object is an ObjectStoreError. */
export class ObjectCacheError extends Error {
  override readonly name: string = 'ObjectCacheError';
  readonly code: ObjectCacheErrorCode;

  constructor(code: ObjectCacheErrorCode, text: string, options?: { readonly cause?: unknown }) {
    super(`[planscope/object-store] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** Whether this is an ObjectCacheError, of whichever copy of the package. */
  static isInstance(error: unknown): error is ObjectCacheError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.object-store.ObjectCacheError');

/**
 * `invalid-option`: an option is invalid; `folder-refused`: the folder cannot be used as a cache; `no-space`: its disk
 * is full; `closed`: the files were already closed.
 */
export type ObjectCacheErrorCode = 'invalid-option' | 'folder-refused' | 'no-space' | 'closed';

/** The cache cannot keep local copies. Errors of a store are ObjectStoreErrors. */
export class ObjectCacheError extends Error {
  override readonly name: string = 'ObjectCacheError';
  readonly code: ObjectCacheErrorCode;

  constructor(code: ObjectCacheErrorCode, text: string, options?: { readonly cause?: unknown }) {
    super(`[planscope/object-store] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** Whether the error is an ObjectCacheError, from any copy of the package. */
  static isInstance(error: unknown): error is ObjectCacheError {
    return marker.isOn(error);
  }
}

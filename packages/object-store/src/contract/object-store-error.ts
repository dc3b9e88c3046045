import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.object-store.ObjectStoreError');

/** What went wrong, the same for every store. */
export type ObjectStoreErrorKind =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Precondition'
  | 'NotModified'
  | 'NotSupported'
  | 'NotImplemented'
  | 'InvalidPath'
  | 'PermissionDenied'
  | 'Unauthenticated'
  | 'UnknownConfigurationKey'
  | 'Generic';

/** The stable code of each kind. */
export type ObjectStoreErrorCode =
  | 'not-found'
  | 'already-exists'
  | 'precondition'
  | 'not-modified'
  | 'not-supported'
  | 'not-implemented'
  | 'invalid-path'
  | 'permission-denied'
  | 'unauthenticated'
  | 'unknown-configuration-key'
  | 'generic';

const codes: Readonly<Record<ObjectStoreErrorKind, ObjectStoreErrorCode>> = {
  NotFound: 'not-found',
  AlreadyExists: 'already-exists',
  Precondition: 'precondition',
  NotModified: 'not-modified',
  NotSupported: 'not-supported',
  NotImplemented: 'not-implemented',
  InvalidPath: 'invalid-path',
  PermissionDenied: 'permission-denied',
  Unauthenticated: 'unauthenticated',
  UnknownConfigurationKey: 'unknown-configuration-key',
  Generic: 'generic',
};

/** Where an error happened and what caused it. */
export interface ObjectStoreErrorDetails {
  /** Name of the store, for example `file`. */
  readonly store?: string | undefined;
  /** Path of the object or prefix. */
  readonly path?: string | undefined;
  /** What the file system or the SDK threw. */
  readonly cause?: unknown;
}

/** The error of every store. Each kind has one meaning, whatever the store's service calls it. */
export class ObjectStoreError extends Error {
  override readonly name: string = 'ObjectStoreError';
  readonly kind: ObjectStoreErrorKind;
  /** The kind in kebab case. */
  readonly code: ObjectStoreErrorCode;
  readonly store: string | undefined;
  readonly path: string | undefined;

  /**
   * @param kind what went wrong
   * @param text what happened and what to do; the message adds package, store and path
   */
  constructor(kind: ObjectStoreErrorKind, text: string, details: ObjectStoreErrorDetails = {}) {
    const { store, path, cause } = details;
    const where = [
      ...(store === undefined ? [] : [`store "${store}"`]),
      ...(path === undefined ? [] : [`path "${path}"`]),
    ].join(', ');
    super(
      `[planscope/object-store] ${text}${where === '' ? '' : ` (${where})`}`,
      cause === undefined ? undefined : { cause },
    );
    this.kind = kind;
    this.code = codes[kind];
    this.store = store;
    this.path = path;
    marker.set(this);
  }

  /**
   * Whether the error is an ObjectStoreError, from this copy of the package or another.
   *
   * @param kind accept this kind only
   */
  static isInstance(error: unknown, kind?: ObjectStoreErrorKind): error is ObjectStoreError {
    return marker.isOn(error) && (kind === undefined || (error as ObjectStoreError).kind === kind);
  }
}

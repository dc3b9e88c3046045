// One request through an SDK: how it is loaded, stopped and awaited, and how its errors are mapped.

import { LinkedAbort } from '../body/abortable.ts';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../contract/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';

/** Options of all cloud stores. */
export interface CloudOptions {
  /** For spans and errors; default the scheme. */
  readonly name?: string;
  /**
   * Milliseconds that the server may keep a caller waiting: for the answer to a request, the SDK's repeats included, and
   * for the next bytes of a body. A copy within the service is one request. Default no limit, as the SDKs have none.
   */
  readonly responseTimeout?: number;
}

/** An object of a cloud store, as requests and errors name it. */
export interface CloudTarget {
  readonly store: string;
  readonly path: ObjectPath;
}

/** Settings of one SDK request. */
interface CloudRequestSettings {
  readonly store: string;
  readonly path: string;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds until the answer must have begun, the SDK's repeats included; default no limit. */
  readonly timeout: number | undefined;
  /** Converts an error of the SDK to an ObjectStoreError. */
  readonly toError: (cause: unknown, where: { readonly store: string; readonly path: string }) => ObjectStoreError;
}

/**
 * Makes one request, and stops it when the caller aborts or the time-out expires.
 *
 * @param request gets a signal for this call only, so that an SDK cannot retain the caller's
 * @throws ObjectStoreError, or the reason of the caller's signal
 */
export async function cloudRequest<Output>(
  { signal, timeout, toError, ...where }: CloudRequestSettings,
  request: (signal: AbortSignal) => Promise<Output>,
): Promise<Output> {
  signal?.throwIfAborted();
  const stop = new LinkedAbort(signal);
  const late = (): ObjectStoreError =>
    new ObjectStoreError('Generic', `the server did not answer within ${timeout} ms`, where);
  const timer = timeout === undefined ? undefined : setTimeout(() => stop.abort(late()), timeout);
  try {
    return await request(stop.signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw toError(error, where);
  } finally {
    clearTimeout(timer);
    stop.release();
  }
}

/** The kind of an error, and its message. */
export type Meaning = readonly [ObjectStoreErrorKind, string];

const byStatus: Readonly<Record<number, Meaning>> = {
  304: ['NotModified', 'the object was not modified'],
  401: ['Unauthenticated', 'the credentials were refused'],
  403: ['PermissionDenied', 'the credentials do not permit this'],
  404: ['NotFound', 'there is no such object'],
  412: ['Precondition', 'the object is not in the state that was asked for'],
  416: ['Generic', 'the range starts past the end of the object'],
  501: ['NotImplemented', 'the server does not implement this'],
};

/**
 * Wraps an error of an SDK in an ObjectStoreError. Returns an ObjectStoreError unchanged.
 *
 * @param meaning of the error in this service; default the meaning of the HTTP status
 * @param status of the response, if there was one
 */
export function cloudError(
  cause: unknown,
  where: { readonly store: string; readonly path: string },
  meaning: Meaning | undefined,
  status: unknown,
): ObjectStoreError {
  if (ObjectStoreError.isInstance(cause)) return cause;
  const [kind, text] = meaning ?? byStatus[Number(status)] ?? ['Generic', failureText(cause)];
  return new ObjectStoreError(kind, text, { ...where, cause });
}

/** Describes a failure of unknown meaning by its system error code, or else by the name of its class. */
function failureText(error: unknown): string {
  const { name = 'Error', code } = error as { name?: string; code?: unknown };
  return `the request failed: ${name === 'Error' && typeof code === 'string' ? code : name}`;
}

/**
 * Loads an SDK when a store first needs it.
 *
 * @throws ObjectStoreError NotSupported, saying what to install, when the SDK is not there
 */
export async function loadSdk<Sdk>(name: string, store: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const text = `the package ${name} is not installed; install it with "npm install ${name}"`;
    throw new ObjectStoreError('NotSupported', text, { store, cause });
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

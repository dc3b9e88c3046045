import { LinkedAbort } from '../body/linked-abort.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';

/** How one request of an SDK is made. */
export interface CloudRequestSettings {
  readonly store: string;
  readonly path: string;
  /** Of the caller. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds until the answer must have begun, the SDK's repeats included; default no limit. */
  readonly timeout: number | undefined;
  /** What the SDK throws as an error of ours. */
  readonly toError: (cause: unknown, where: { readonly store: string; readonly path: string }) => ObjectStoreError;
}

/**
 * Makes one request, and stops it when the caller aborts or the time is up.
 *
 * @param request gets a signal of this call alone, so that an SDK cannot hold on to that of the caller
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

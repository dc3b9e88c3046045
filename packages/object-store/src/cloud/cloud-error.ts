import { ObjectStoreError, type ObjectStoreErrorKind } from '../error/object-store-error.ts';
import { failureText } from './failure-text.ts';

/** The kind of an error, and what to say. */
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
 * What an SDK threw as an error of ours, with the original as its cause; an error of ours stays as it is.
 *
 * @param meaning what this service means by it; default what its status means everywhere
 * @param status of the response, where there was one
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

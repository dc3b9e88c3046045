import { failureText } from '../cloud/failure-text.ts';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../error/object-store-error.ts';

const byStatus: Readonly<Record<number, readonly [ObjectStoreErrorKind, string]>> = {
  304: ['NotModified', 'the object was not modified'],
  401: ['Unauthenticated', 'the credentials were refused'],
  403: ['PermissionDenied', 'the credentials do not permit this'],
  404: ['NotFound', 'there is no such object'],
  412: ['Precondition', 'the object is not in the state that was asked for'],
  416: ['Generic', 'the range starts past the end of the object'],
  501: ['NotImplemented', 'the server does not implement this'],
};

/** What the SDK threw as an error of ours, with the original as its cause. */
export function gsError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  if (ObjectStoreError.isInstance(cause)) return cause;
  const { code, message = '' } = cause as { code?: unknown; message?: string };
  if (/could not load the default credentials/i.test(message)) {
    return new ObjectStoreError('Unauthenticated', 'no credentials were found', { ...where, cause });
  }
  const [kind, text] = byStatus[Number(code)] ?? ['Generic', failureText(cause)];
  return new ObjectStoreError(kind, text, { ...where, cause });
}

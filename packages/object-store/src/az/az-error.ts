import { failureText } from '../cloud/failure-text.ts';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../error/object-store-error.ts';

type Meaning = readonly [ObjectStoreErrorKind, string];

const byName: Readonly<Record<string, Meaning>> = {
  AggregateAuthenticationError: ['Unauthenticated', 'no credentials were found'],
  CredentialUnavailableError: ['Unauthenticated', 'no credentials were found'],
};

const byCode: Readonly<Record<string, Meaning>> = {
  BlobAlreadyExists: ['AlreadyExists', 'there is an object already'],
  ContainerNotFound: ['NotFound', 'there is no such container'],
  AuthenticationFailed: ['Unauthenticated', 'the credentials were refused'],
  InvalidBlockList: ['Generic', 'parts are missing; another upload to this path was completed, or they expired'],
  InvalidResourceName: ['InvalidPath', 'the service takes no such path'],
  InvalidUri: ['InvalidPath', 'the service takes no such path'],
};

const byStatus: Readonly<Record<number, Meaning>> = {
  304: ['NotModified', 'the object was not modified'],
  401: ['Unauthenticated', 'the credentials were refused'],
  403: ['PermissionDenied', 'the credentials do not permit this'],
  404: ['NotFound', 'there is no such object'],
  412: ['Precondition', 'the object is not in the state that was asked for'],
  416: ['Generic', 'the range starts past the end of the object'],
  501: ['NotImplemented', 'the server does not implement this'],
};

/** What the SDK threw as an error of ours, with the original as its cause. */
export function azError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  if (ObjectStoreError.isInstance(cause)) return cause;
  const { code, statusCode, name } = cause as { code?: string; statusCode?: number; name?: string };
  const [kind, text] = byName[name ?? ''] ??
    byCode[code ?? ''] ??
    byStatus[statusCode ?? 0] ?? ['Generic', failureText(cause)];
  return new ObjectStoreError(kind, text, { ...where, cause });
}

import { failureText } from '../cloud/failure-text.ts';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../error/object-store-error.ts';

type Meaning = readonly [ObjectStoreErrorKind, string];

const byName: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: ['NotFound', 'there is no such bucket'],
  NoSuchUpload: ['NotFound', 'there is no such upload; it was completed or aborted'],
  InvalidAccessKeyId: ['Unauthenticated', 'the access key is unknown'],
  SignatureDoesNotMatch: ['Unauthenticated', 'the secret key does not fit the access key'],
  ExpiredToken: ['Unauthenticated', 'the session token has expired'],
  InvalidToken: ['Unauthenticated', 'the session token is not valid'],
  CredentialsProviderError: ['Unauthenticated', 'no credentials were found'],
  KeyTooLongError: ['InvalidPath', 'the path is longer than 1024 bytes'],
  EntityTooSmall: ['Generic', 'a part other than the last is smaller than the store takes'],
};

const byStatus: Readonly<Record<number, Meaning>> = {
  304: ['NotModified', 'the object was not modified'],
  401: ['Unauthenticated', 'the credentials were refused'],
  403: ['PermissionDenied', 'the credentials do not permit this'],
  404: ['NotFound', 'there is no such object'],
  409: ['Precondition', 'another write to the object was under way'],
  412: ['Precondition', 'the object is not in the state that was asked for'],
  416: ['Generic', 'the range starts past the end of the object'],
  501: ['NotImplemented', 'the server does not implement this'],
};

/** What the SDK threw as an error of ours, with the original as its cause. */
export function s3Error(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { name = 'Error', $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const [kind, text] = byName[name] ?? byStatus[status] ?? ['Generic', failureText(cause)];
  return new ObjectStoreError(kind, text, { ...where, cause });
}

import { cloudError, type Meaning } from '../cloud/cloud-error.ts';
import type { ObjectStoreError } from '../error/object-store-error.ts';

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

const conflict: Meaning = ['Precondition', 'another write to the object was under way'];

/** What the SDK threw as an error of ours, with the original as its cause. */
export function s3Error(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { name = 'Error', $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return cloudError(cause, where, byName[name] ?? (status === 409 ? conflict : undefined), status);
}

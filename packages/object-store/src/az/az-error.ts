import { cloudError, type Meaning } from '../cloud/cloud-error.ts';
import type { ObjectStoreError } from '../error/object-store-error.ts';

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

/** What the SDK threw as an error of ours, with the original as its cause. */
export function azError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { code = '', statusCode, name = '' } = cause as { code?: string; statusCode?: number; name?: string };
  return cloudError(cause, where, byName[name] ?? byCode[code], statusCode);
}

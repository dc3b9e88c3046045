import { cloudError, type Meaning } from '../cloud/cloud-error.ts';
import type { ObjectStoreError } from '../error/object-store-error.ts';

const noCredentials: Meaning = ['Unauthenticated', 'no credentials were found'];

/** What the SDK threw as an error of ours, with the original as its cause. */
export function gsError(cause: unknown, where: { readonly store: string; readonly path: string }): ObjectStoreError {
  const { code, message = '' } = cause as { code?: unknown; message?: string };
  const isWithoutCredentials = /could not load the default credentials/i.test(message);
  return cloudError(cause, where, isWithoutCredentials ? noCredentials : undefined, code);
}

import { ObjectStoreError } from '../error/object-store-error.ts';

const secretParameters = new Set([
  'access_key',
  'access_key_id',
  'account_key',
  'awsaccesskeyid',
  'googleaccessid',
  'password',
  'sas_token',
  'secret',
  'secret_access_key',
  'secret_key',
  'session_token',
  'sig',
  'signature',
  'token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
  'x-goog-credential',
  'x-goog-signature',
]);

/**
 * Refuses a location that carries credentials, before anything can log it. The error holds nothing of the location but
 * its scheme and the name of the parameter.
 *
 * @param userIsContainer whether `name@host` names a container, as it does for Azure
 * @throws ObjectStoreError InvalidPath
 */
export function refuseCredentials(scheme: string, authority: string, key: string, userIsContainer: boolean): void {
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  if (user !== undefined && (!userIsContainer || user.includes(':'))) throw refusal(scheme, 'a user or a key');
  for (const [, name = ''] of key.matchAll(/[?&]([^?&=]+)=/g)) {
    if (secretParameters.has(name.toLowerCase())) throw refusal(scheme, `the parameter "${name}"`);
  }
}

function refusal(scheme: string, what: string): ObjectStoreError {
  const text = `a location of scheme "${scheme}" carries ${what}; give credentials to the store, never in a URL`;
  return new ObjectStoreError('InvalidPath', text);
}

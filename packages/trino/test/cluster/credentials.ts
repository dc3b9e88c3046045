import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The passwords that the coordinator of the tests accepts. */
export const PASSWORDS: Readonly<Record<string, string>> = { ada: 'Pässwort-7f3a' };

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The public key of the tokens that it accepts, in PEM. */
export const TOKEN_KEY: string = String(keys.publicKey.export({ type: 'spki', format: 'pem' }));

/**
 * A JSON Web Token for a user.
 *
 * @param seconds until it expires; negative for one that has expired. Default: 300
 * @param key of who signs it. Default: the one that the coordinator knows
 */
export function tokenFor(user: string, seconds = 300, key: KeyObject = keys.privateKey): string {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const expires = Math.floor(Date.now() / 1_000) + seconds;
  const content = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded({ sub: user, exp: expires })}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

/** A token that the coordinator has no reason to believe. */
export function forgedTokenFor(user: string): string {
  return tokenFor(user, 300, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
}

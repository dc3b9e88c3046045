import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** Path of the certificate of the authority that has signed the server's. */
export const authorityFile: string = file('ca.pem');

/** What a test server on 127.0.0.1 shows. */
export const serverTls: { readonly key: Buffer; readonly cert: Buffer } = {
  key: readFileSync(file('server-key.pem')),
  cert: readFileSync(file('server.pem')),
};

import { generate } from 'selfsigned';
import { Agent, fetch as undiciFetch } from 'undici';

/** An authority that no machine knows. */
export interface PrivateAuthority {
  /** Its certificate in PEM. */
  readonly cert: string;
  /** Makes a key and a certificate for the name of a host, in PEM. */
  issue(name: string): Promise<{ readonly key: string; readonly cert: string }>;
}

export async function createPrivateAuthority(): Promise<PrivateAuthority> {
  const root = await generate([{ name: 'commonName', value: 'Private authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: root.cert,
    async issue(name) {
      const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
        keyType: 'ec',
        algorithm: 'sha256',
        ca: { key: root.private, cert: root.cert },
        extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
      });
      return { key, cert };
    },
  };
}

/** A `fetch` that trusts an authority, as the README has it. */
export function trusting(ca: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca } });
  return ((url, init) => undiciFetch(url as string, { ...init, dispatcher } as object)) as typeof fetch;
}

import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from '../bootstrap-error.ts';

const options = { certificateFile: 'ca', clientCertificateFile: 'cert', clientKeyFile: 'key' } as const;

/**
 * The certificates that a configuration names.
 *
 * @throws BootstrapError when a file cannot be read
 */
export function readTlsFiles(otlp: Pick<TracingConfig['otlp'], keyof typeof options>): SecureContextOptions {
  const tls: SecureContextOptions = {};
  for (const field of Object.keys(options) as (keyof typeof options)[]) {
    const path = otlp[field];
    if (path === undefined) continue;
    try {
      tls[options[field]] = readFileSync(path);
    } catch (cause) {
      throw new BootstrapError(
        'unreadable-certificate',
        `otlp.${field}: cannot read ${JSON.stringify(path)}; name a PEM file this process may read`,
        { cause },
      );
    }
  }
  return tls;
}

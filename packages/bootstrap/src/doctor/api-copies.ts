import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const API = '@opentelemetry/api';

/** One installed copy of the OpenTelemetry API. */
export interface ApiCopy {
  readonly version: string;
  readonly directory: string;
}

/** The copy that this package uses. */
export function ownApiCopy(): ApiCopy | undefined {
  return apiCopySeenFrom(import.meta.url);
}

/**
 * The copy that code in a place would load; undefined where it would find none.
 *
 * @param place path or URL of a file, which need not exist
 */
export function apiCopySeenFrom(place: string | URL): ApiCopy | undefined {
  try {
    let directory = dirname(createRequire(place).resolve(API));
    for (;;) {
      const found = readPackage(join(directory, 'package.json'));
      if (found?.name === API) return { version: String(found.version), directory };
      const parent = dirname(directory);
      if (parent === directory) return undefined;
      directory = parent;
    }
  } catch {
    return undefined;
  }
}

function readPackage(file: string): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

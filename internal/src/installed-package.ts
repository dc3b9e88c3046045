// Not `createRequire` by its name: webpack rewrites calls of it, and bundles often have their own.
import nodeModule from 'node:module';
import { join } from 'node:path';

/**
 * Loads a package that only the program depends on: from its working directory, else from the folder of its main file.
 *
 * @throws Node's error with the code `MODULE_NOT_FOUND` if it is not installed there, or what the package throws
 */
export function requireInstalled(name: string): unknown {
  let missing: unknown;
  for (const place of [join(process.cwd(), 'program.js'), process.argv[1] ?? process.execPath]) {
    try {
      return nodeModule.createRequire(place)(name);
    } catch (error) {
      if (!isNotInstalled(error, name)) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

/** Whether an error says that this very package, and not one that it needs, cannot be found. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return isMissing && message.split('\n', 1)[0]?.includes(`'${name}'`) === true;
}

import { ObjectStoreError } from '../error/object-store-error.ts';

/**
 * Loads an SDK when a store first needs it.
 *
 * @throws ObjectStoreError NotSupported, saying what to install, when the SDK is not there
 */
export async function loadSdk<Sdk>(name: string, store: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const text = `the package ${name} is not installed; install it with "npm install ${name}"`;
    throw new ObjectStoreError('NotSupported', text, { store, cause });
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

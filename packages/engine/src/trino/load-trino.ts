import { EngineError } from '../run/engine-error.ts';

/** The package of the cluster, as it is loaded. */
export type TrinoPackage = typeof import('@planscope/trino');

/**
 * Loads the package, which only programs that run on Trino install.
 *
 * @throws EngineError `missing-package`
 */
export async function loadTrino(): Promise<TrinoPackage> {
  try {
    return await import('@planscope/trino');
  } catch (error) {
    if (!isMissing(error)) throw error;
    const text = 'the engine "trino" needs the package @planscope/trino; install it with npm install @planscope/trino';
    throw new EngineError('missing-package', text, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes('@planscope/trino');
}

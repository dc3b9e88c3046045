import { isNotInstalled, requireInstalled } from '@planscope/internal/installed-package';
import { EngineError } from '../run/engine-error.ts';

/** The package of the cluster, as it is loaded. */
export type TrinoPackage = typeof import('@planscope/trino');

const PACKAGE = '@planscope/trino';

/**
 * Loads the package, which only programs that run on Trino install. It is no peer: at 0.x, a minor version of a peer makes
 * the next version of its dependent 1.0.0.
 *
 * @throws EngineError `missing-package`
 */
export async function loadTrino(): Promise<TrinoPackage> {
  try {
    // Not by its name as a literal: bundlers fail or warn for a package that is not installed.
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ PACKAGE);
  } catch (error) {
    if (!isNotInstalled(error, PACKAGE)) throw error;
  }
  try {
    return requireInstalled(PACKAGE) as TrinoPackage;
  } catch (error) {
    if (!isNotInstalled(error, PACKAGE)) throw error;
    const text = `the engine "trino" needs a package that is not installed; npm install ${PACKAGE}`;
    throw new EngineError('missing-package', text, { cause: error });
  }
}

import { publicPackages } from '../release/public-packages.ts';
import { entryPoints } from './entry-points.ts';
import { type ExtractedApi, extractApi } from './extract-api.ts';
import { findBlemishes } from './find-blemishes.ts';

/** The API of every public package, and what a stranger would stumble over in it. */
export interface PublicApi {
  readonly apis: readonly ExtractedApi[];
  readonly blemishes: readonly string[];
}

/**
 * Reads the built types of every public package.
 * @param root the folder of the repository
 */
export function readPublicApi(root: string): PublicApi {
  const points = publicPackages(root).map(entryPoints);
  const apis = extractApi(points.flat());
  const blemishes = points.flatMap((ofPackage) =>
    findBlemishes(apis.filter(({ point }) => ofPackage.some(({ report }) => report === point.report))),
  );
  return { apis, blemishes };
}

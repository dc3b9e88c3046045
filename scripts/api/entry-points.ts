import { join } from 'node:path';
import type { PublicPackage } from '../release/public-packages.ts';

/** One path that programs import, with the file that holds its types and the name of its report. */
export interface EntryPoint {
  readonly packageName: string;
  readonly packageFolder: string;
  readonly specifier: string;
  readonly types: string;
  readonly report: string;
}

/** The entry points with types of a package, as its manifest exports them. */
export function entryPoints({ folderName, folder, manifest }: PublicPackage): EntryPoint[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const suffix = subpath.slice(1).replaceAll('/', '.');
    return {
      packageName: manifest.name,
      packageFolder: folder,
      specifier: `${manifest.name}${subpath.slice(1)}`,
      types: join(folder, target.import.types),
      report: `${folderName}${suffix}.api.md`,
    };
  });
}

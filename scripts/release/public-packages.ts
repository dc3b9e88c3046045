import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The fields of a manifest that publishing is about. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly import: { readonly types: string } }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A workspace package that goes to the registry. */
export interface PublicPackage {
  /** The last part of the folder and of the name. */
  readonly folderName: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Every package that goes to the registry, by name.
 * @param root the folder of the repository
 */
export function publicPackages(root: string): PublicPackage[] {
  return readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const folder = join(root, 'packages', name);
      const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { folderName: name, folder, manifest };
    })
    .filter(({ manifest }) => manifest.private !== true)
    .sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
}

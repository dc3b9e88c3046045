import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What commands in documents may name. */
export interface Workspace {
  /** Path of the repository. */
  readonly root: string;
  /** Packages that are made here or that something here is built and tested with. */
  readonly packages: ReadonlySet<string>;
  /** The scripts of the package in a folder, by its path from the root; none where there is no package. */
  readonly scriptsIn: (folder: string) => ReadonlySet<string>;
}

/** Reads the manifests of the repository. */
export function readWorkspace(root: string): Workspace {
  const folders = ['', ...['packages', 'apps', 'examples'].flatMap((parent) => children(root, parent)), 'scripts/docs'];
  const manifests = folders.map((folder) => readManifest(root, folder)).filter((manifest) => manifest !== undefined);
  const packages = manifests.flatMap(({ name, dependencies, devDependencies, peerDependencies }) => [
    name,
    ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
  ]);
  return {
    root,
    packages: new Set(packages),
    scriptsIn: (folder) => new Set(Object.keys(readManifest(root, folder)?.scripts ?? {})),
  };
}

function children(root: string, parent: string): string[] {
  const folder = join(root, parent);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${parent}/${name}`) : [];
}

function readManifest(root: string, folder: string): Manifest | undefined {
  const path = join(root, folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;
}

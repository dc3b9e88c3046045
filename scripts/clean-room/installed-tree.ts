import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What npm put into a project. */
export interface InstalledTree {
  /** Names of all packages but the one that was asked for, sorted; a name is twice where two versions are there. */
  readonly dependencies: readonly string[];
  /** How many of them came for a peer and nothing else, by the name of the peer. */
  readonly broughtByPeers: ReadonlyMap<string, number>;
  /** Names of the optional peers that are not there. */
  readonly absentPeers: readonly string[];
  /** Bytes of the files of the package itself. */
  readonly ownBytes: number;
  /** Bytes of all files. */
  readonly installedBytes: number;
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Tree = ReadonlyMap<string, LockedPackage>;

/**
 * Reads what npm installed from the list it keeps of it.
 *
 * @param name the package that was asked for
 */
export function readInstalledTree(project: string, name: string): InstalledTree {
  const modules = join(project, 'node_modules');
  const list = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const tree: Tree = new Map(Object.entries(list.packages));
  const own = `node_modules/${name}`;
  const all = [...tree.keys()];
  const withoutPeers = reach(tree, own, new Set());
  const peers = new Set(
    [...withoutPeers].flatMap((path) =>
      requiredPeers(tree.get(path))
        .map((peer) => resolve(tree, path, peer))
        .filter((found) => found !== undefined),
    ),
  );
  const broughtByPeers = new Map<string, number>();
  for (const peer of [...peers].sort()) {
    if (withoutPeers.has(peer)) continue;
    const brought = [...reach(tree, peer, new Set())].filter((path) => !withoutPeers.has(path));
    broughtByPeers.set(nameOf(peer), brought.length);
  }
  return {
    dependencies: all
      .filter((path) => path !== own)
      .map(nameOf)
      .sort(),
    broughtByPeers,
    absentPeers: optionalPeers(tree.get(own)).filter((peer) => resolve(tree, own, peer) === undefined),
    ownBytes: bytesOf(join(modules, name)),
    installedBytes: bytesOf(modules),
  };
}

/** Paths of a package and of all that it depends on. */
function reach(tree: Tree, path: string, reached: Set<string>): Set<string> {
  if (reached.has(path)) return reached;
  reached.add(path);
  const { dependencies = {}, optionalDependencies = {} } = tree.get(path) ?? {};
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = resolve(tree, path, name);
    if (found !== undefined) reach(tree, found, reached);
  }
  return reached;
}

/** Looks for a package as Node does: beside the one that asks for it, then further and further up. */
function resolve(tree: Tree, from: string, name: string): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
    const path = above === '' ? `node_modules/${name}` : `${above}/node_modules/${name}`;
    if (tree.has(path)) return path;
    if (above === '') return undefined;
  }
}

function requiredPeers({ peerDependencies = {}, peerDependenciesMeta = {} }: LockedPackage = {}): string[] {
  return Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
}

function optionalPeers({ peerDependenciesMeta = {} }: LockedPackage = {}): string[] {
  return Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name]?.optional === true);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function bytesOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/**
 * Whether TypeScript rejects one of our declarations only because an optional peer is not installed. A program that uses
 * that part installs the peer.
 *
 * @param complaint one line, with the absolute path of the file
 */
export function lacksOptionalPeer(complaint: string): boolean {
  const pattern = /^(.*\/node_modules\/@planscope\/[^/]+)\/[^(]*\(.*\): error TS2307: Cannot find module '([^']+)'/;
  const [, folder, missing] = pattern.exec(complaint) ?? [];
  if (folder === undefined || missing === undefined) return false;
  const { peerDependenciesMeta = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  return peerDependenciesMeta[missing]?.optional === true;
}

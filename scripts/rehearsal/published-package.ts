import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoopbackRegistry } from './loopback-registry.ts';
import { succeed } from './succeed.ts';

type Ranges = Readonly<Record<string, string>>;

/** The manifest of a published version, as far as publishing is about it. */
interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
  readonly optionalDependencies?: Ranges;
}

/** A package as the registry has it. */
export interface PublishedPackage {
  readonly name: string;
  /** The version that `npm install` takes. */
  readonly latest: string;
  readonly manifest: PublishedManifest;
  readonly tarballBytes: number;
  /** Paths within the tarball. */
  readonly files: readonly string[];
}

interface RegistryDocument {
  readonly 'dist-tags': { readonly latest: string };
  readonly versions: Readonly<Record<string, PublishedManifest & { readonly dist: { readonly tarball: string } }>>;
}

/** Every package that the registry has, by name. */
export async function publishedPackages(registry: LoopbackRegistry, folder: string): Promise<PublishedPackage[]> {
  const names = readdirSync(join(registry.storage, '@planscope')).sort();
  return Promise.all(
    names.map((name) => publishedPackage(registry, `@planscope/${name}`, join(folder, `${name}.tgz`))),
  );
}

async function publishedPackage({ url }: LoopbackRegistry, name: string, path: string): Promise<PublishedPackage> {
  const document = (await (await fetch(`${url}${name.replace('/', '%2f')}`)).json()) as RegistryDocument;
  const latest = document['dist-tags'].latest;
  const manifest = document.versions[latest];
  if (!manifest) throw new Error(`the registry has no ${name} ${latest}`);
  const tarball = Buffer.from(await (await fetch(manifest.dist.tarball)).arrayBuffer());
  writeFileSync(path, tarball);
  const listing = await succeed('tar', ['-tzf', path]);
  const files = listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));
  return { name, latest, manifest, tarballBytes: tarball.length, files };
}

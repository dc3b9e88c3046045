/** What a package costs whoever installs it. */
export interface PackageSize {
  /** Folder of the package. */
  readonly name: string;
  /** Kilobytes of the tarball. */
  readonly tarball: number;
  /** Kilobytes of the package's own files. */
  readonly unpacked: number;
  /** Kilobytes of all that is installed with it. */
  readonly installed: number;
  /** Number of packages that are installed with it. */
  readonly dependencies: number;
  /** How many of these came for a peer and nothing else, by the name of the peer. */
  readonly broughtByPeers: ReadonlyMap<string, number>;
  /** Optional peers that are not installed. */
  readonly absentPeers: readonly string[];
}

export const sizeFields = ['tarball', 'unpacked', 'installed', 'dependencies'] as const;

export type SizeField = (typeof sizeFields)[number];

/** A number of kilobytes as people read it, two digits of it: what a patch release of a dependency adds does not show. */
export function readableSize(kilobytes: number): string {
  const rounded = Number(kilobytes.toPrecision(2));
  return rounded < 1000 ? `${rounded} kB` : `${rounded / 1000} MB`;
}

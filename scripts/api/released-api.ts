import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The hash of every report as last released: by package, then by report. */
export type ReleasedApi = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The reports of one package: name to text. */
export type PackageReports = ReadonlyMap<string, string>;

/** What {@link ReleasedApi} keeps of a report. */
export function hashReport(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The state to keep once these reports are released. */
export function releasedApi(packages: ReadonlyMap<string, PackageReports>): ReleasedApi {
  return Object.fromEntries(
    [...packages].map(([name, reports]) => [
      name,
      Object.fromEntries([...reports].map(([report, text]) => [report, hashReport(text)])),
    ]),
  );
}

/** The released state as the repository keeps it; nothing where nothing was released yet. */
export function readReleasedApi(path: string): ReleasedApi {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** Keeps the released state in the repository. */
export function writeReleasedApi(path: string, released: ReleasedApi): void {
  writeFileSync(path, `${JSON.stringify(released, null, 2)}\n`);
}

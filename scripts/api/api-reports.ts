import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtractedApi } from './public-api.ts';

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

const suffix = '.api.md';

/** The reports in a folder; nothing where there is none. */
export function readReports(folder: string): PackageReports {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')]));
}

/** Puts these reports, and no others, into a folder. */
export function writeReports(folder: string, apis: readonly ExtractedApi[]): void {
  for (const name of readReports(folder).keys()) rmSync(join(folder, name));
  for (const { point, text } of apis) writeFileSync(join(folder, point.report), text);
}

/** The reports of each package. */
export function reportsByPackage(apis: readonly ExtractedApi[]): Map<string, PackageReports> {
  const packages = new Map<string, Map<string, string>>();
  for (const { point, text } of apis) {
    const reports = packages.get(point.packageName) ?? new Map<string, string>();
    packages.set(point.packageName, reports.set(point.report, text));
  }
  return packages;
}

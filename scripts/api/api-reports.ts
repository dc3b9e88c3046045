import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtractedApi } from './extract-api.ts';
import type { PackageReports } from './released-api.ts';

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

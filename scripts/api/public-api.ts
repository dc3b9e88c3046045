import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { type PublicPackage, publicPackages } from '../release/public-packages.ts';

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
    return {
      packageName: manifest.name,
      packageFolder: folder,
      specifier: `${manifest.name}${subpath.slice(1)}`,
      types: join(folder, target.import.types),
      report: `${folderName}${subpath.slice(1).replaceAll('/', '.')}.api.md`,
    };
  });
}

/** What the built types of one entry point say. */
export interface ExtractedApi {
  readonly point: EntryPoint;
  /** The public API as Markdown. */
  readonly text: string;
  /** What the extractor finds wrong, such as links in comments that lead nowhere. */
  readonly remarks: readonly string[];
}

const configuration = fileURLToPath(new URL('api-extractor.json', import.meta.url));

/**
 * The public API of every entry point, read from the built types in one pass of the compiler, as a program that installed
 * the package sees it.
 *
 * @throws Error where types are missing or cannot be read
 */
export function extractApi(points: readonly EntryPoint[]): ExtractedApi[] {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-api-'));
  try {
    const [first, ...others] = points.map((point) => {
      const configObject = ExtractorConfig.loadFile(configuration);
      const { packageFolder: projectFolder, types: mainEntryPointFilePath, report: reportFileName } = point;
      const overrideTsconfig = { ...configObject.compiler?.overrideTsconfig, files: [point.types] };
      // A change of what an API only mentions is a change of the API. What a subpath mentions, the main report shows.
      const includeForgottenExports = point.specifier === point.packageName;
      const report = { reportFileName, reportFolder: folder, reportTempFolder: join(folder, 'previous') };
      const apiReport = { enabled: true, includeForgottenExports, ...report };
      const own = { projectFolder, mainEntryPointFilePath, compiler: { overrideTsconfig }, apiReport };
      return ExtractorConfig.prepare({
        configObject: { ...configObject, ...own },
        configObjectFullPath: undefined,
        packageJsonFullPath: join(projectFolder, 'package.json'),
      });
    });
    if (first === undefined) return [];
    const compilerState = CompilerState.create(first, { additionalEntryPoints: points.map(({ types }) => types) });
    return [first, ...others].map((prepared, index) => {
      const remarks: string[] = [];
      Extractor.invoke(prepared, {
        compilerState,
        localBuild: true,
        messageCallback(message) {
          if (message.logLevel !== 'none' && !message.messageId.startsWith('console-')) remarks.push(message.text);
          message.logLevel = ExtractorLogLevel.None;
        },
      });
      const point = points[index] as EntryPoint;
      return { point, text: withOwnHeading(point, readFileSync(join(folder, point.report), 'utf8')), remarks };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withOwnHeading({ specifier }: EntryPoint, report: string): string {
  const code = report.slice(report.indexOf('```ts')).replace(/\n\/\/ \(No @packageDocumentation .*\)\n/, '');
  return `# \`${specifier}\`\n\nWhat programs can import, as \`pnpm api\` reads it from the built types. Not edited by hand.\n\n${code}`;
}

const exported = /^(\/\/ @public \(undocumented\)\n)?export (?:declare )?(?:abstract )?\w+ (\w+)/gm;
// Their meaning is in the schemas, from which docs/span-schema.md is made.
const namesOfSignals = /^(ATTR|FIELD|METRIC|SPAN)_/;
const unexported = /The symbol "([^"]+)" needs to be exported by the entry point/;
// The types of the configuration follow from its schema, which the report of the package shows in full.
const derived = /^(Complete|DeepReadonly|Group|Input|\w+Fields)$/;

/** What a stranger would stumble over in the API of one package, one sentence each. */
export function findBlemishes(apis: readonly ExtractedApi[]): string[] {
  const exports = apis.map(({ text }) => [...text.matchAll(exported)]);
  const names = new Set(exports.flat().map(([, , name = '']) => name));
  return apis.flatMap(({ point, remarks }, index) => {
    const undocumented = exports[index]?.filter(([, mark, name = '']) => mark && !namesOfSignals.test(name)) ?? [];
    const remarked = remarks.flatMap((remark) => {
      const name = unexported.exec(remark)?.[1];
      if (name === undefined) return remark;
      if (names.has(name) || derived.test(name)) return [];
      return `the API mentions \`${name}\`, which no entry point of the package exports.`;
    });
    const sentences = [...undocumented.map(([, , name]) => `\`${name}\` has no docstring.`), ...remarked];
    return sentences.map((sentence) => `${point.specifier}: ${sentence}`);
  });
}

/** Texts of reports by name of the package, then by name of the report. */
export type Reports = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the built types of every public package.
 *
 * @param root the folder of the repository
 */
export function readPublicApi(root: string): { readonly reports: Reports; readonly blemishes: readonly string[] } {
  const packages = publicPackages(root);
  const apis = extractApi(packages.flatMap(entryPoints));
  const apisOf = packages.map(({ manifest }) => apis.filter(({ point }) => point.packageName === manifest.name));
  const reports = packages.map(({ manifest }, index) => {
    const texts = apisOf[index]?.map(({ point, text }) => [point.report, text] as const);
    return [manifest.name, new Map(texts)] as const;
  });
  return { reports: new Map(reports), blemishes: apisOf.flatMap(findBlemishes) };
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IExtractorConfigPrepareOptions,
} from '@microsoft/api-extractor';
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

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

/**
 * How the extractor reads one entry point: as a program that installed the package sees it.
 * @param folder where the report goes
 */
function extractorConfiguration(point: EntryPoint, folder: string): IExtractorConfigPrepareOptions {
  return {
    configObjectFullPath: undefined,
    packageJsonFullPath: join(point.packageFolder, 'package.json'),
    configObject: {
      projectFolder: point.packageFolder,
      mainEntryPointFilePath: point.types,
      compiler: { overrideTsconfig: { compilerOptions, files: [point.types] } },
      apiReport: {
        enabled: true,
        // A change of what an API only mentions is a change of the API. What a subpath mentions, the main report shows.
        includeForgottenExports: point.specifier === point.packageName,
        reportFileName: point.report,
        reportFolder: folder,
        reportTempFolder: join(folder, 'previous'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: level('error') },
        // Not into the report: these carry line numbers and the names of chunks, which change with every build.
        extractorMessageReporting: { default: level('warning'), 'ae-missing-release-tag': level('none') },
        tsdocMessageReporting: { default: level('none') },
      },
    },
  };
}

function level(logLevel: string): { logLevel: never } {
  return { logLevel: logLevel as never };
}

/** What the built types of one entry point say. */
export interface ExtractedApi {
  readonly point: EntryPoint;
  /** The public API as Markdown. */
  readonly text: string;
  /** Types that the API mentions and the entry point does not export. */
  readonly unexported: readonly string[];
  /** What else the extractor finds wrong, such as links in comments that lead nowhere. */
  readonly remarks: readonly string[];
}

const unexportedType = /The symbol "([^"]+)" needs to be exported by the entry point/;
// What is undocumented is marked in the report; console messages are about the extractor itself.
const unremarkable = /^(ae-undocumented|console-.*)$/;

/**
 * The public API of every entry point, read from the built types in one pass of the compiler.
 * @throws where types are missing or cannot be read
 */
export function extractApi(points: readonly EntryPoint[]): ExtractedApi[] {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-api-'));
  try {
    const configurations = points.map((point) => ExtractorConfig.prepare(extractorConfiguration(point, folder)));
    const [first] = configurations;
    if (!first) return [];
    const compilerState = CompilerState.create(first, { additionalEntryPoints: points.map(({ types }) => types) });
    return points.map((point, index) => {
      const unexported: string[] = [];
      const remarks: string[] = [];
      Extractor.invoke(configurations[index] ?? first, {
        compilerState,
        localBuild: true,
        messageCallback(message) {
          const [, symbol] = unexportedType.exec(message.text) ?? [];
          if (symbol) unexported.push(symbol);
          else if (message.logLevel !== 'none' && !unremarkable.test(message.messageId)) remarks.push(message.text);
          message.logLevel = ExtractorLogLevel.None;
        },
      });
      const text = withOwnHeading(point, readFileSync(join(folder, point.report), 'utf8'));
      return { point, text, unexported, remarks };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withOwnHeading({ specifier }: EntryPoint, report: string): string {
  const code = report.slice(report.indexOf('```ts')).replace(/\n\/\/ \(No @packageDocumentation .*\)\n/, '');
  return `# \`${specifier}\`\n\nWhat programs can import, as \`pnpm api\` reads it from the built types. Not edited by hand.\n\n${code}`;
}

const undocumentedExport = /^\/\/ @public \(undocumented\)\nexport (?:declare )?(?:abstract )?\w+ (\w+)/gm;
// Their meaning is in the schemas, from which docs/span-schema.md is made.
const namesOfSignals = /^(ATTR|FIELD|METRIC|SPAN)_/;

// The types of the configuration follow from its schema, which the report of the package shows in full.
const derived = /^(Complete|DeepReadonly|Group|Input|\w+Fields)$/;

/** What a stranger would stumble over in the API of one package, one sentence each. */
export function findBlemishes(apis: readonly ExtractedApi[]): string[] {
  const exported = new Set(apis.flatMap(({ text }) => exportedNames(text)));
  return apis.flatMap(({ point, text, unexported, remarks }) => [
    ...[...text.matchAll(undocumentedExport)]
      .map(([, name = '']) => name)
      .filter((name) => !namesOfSignals.test(name))
      .map((name) => `${point.specifier}: \`${name}\` has no docstring.`),
    ...unexported
      .filter((name) => !exported.has(name) && !derived.test(name))
      .map((name) => `${point.specifier}: the API mentions \`${name}\`, which no entry point of the package exports.`),
    ...remarks.map((remark) => `${point.specifier}: ${remark}`),
  ]);
}

function exportedNames(text: string): string[] {
  return [...text.matchAll(/^export (?:declare )?(?:abstract )?\w+ (\w+)/gm)].map(([, name = '']) => name);
}

/** The API of every public package, and what a stranger would stumble over in it. */
export interface PublicApi {
  readonly apis: readonly ExtractedApi[];
  readonly blemishes: readonly string[];
}

/**
 * Reads the built types of every public package.
 * @param root the folder of the repository
 */
export function readPublicApi(root: string): PublicApi {
  const points = publicPackages(root).map(entryPoints);
  const apis = extractApi(points.flat());
  const blemishes = points.flatMap((ofPackage) =>
    findBlemishes(apis.filter(({ point }) => ofPackage.some(({ report }) => report === point.report))),
  );
  return { apis, blemishes };
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import ts from 'typescript';
import { readBlocks } from '../docs/src/document.ts';
import {
  importedPackages,
  installedPackages,
  isRun,
  missingOutput,
  programsOf,
  promisedByComments,
} from '../docs/src/program.ts';

const packages = new URL('../../packages/', import.meta.url);
const ourTypes = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

/** A program for an empty project, in TypeScript, with everything in an exported function `main`. */
export interface RoomProgram {
  readonly name: string;
  readonly code: string;
  /** Lines that it prints, in this order. */
  readonly promised?: readonly string[];
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | object>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8')) as Manifest;
}

/**
 * A program that imports every entry point of a package, and reads every other file that its manifest exports.
 *
 * @param leftOut subpaths that are not imported
 */
export function entryPointProgram(name: string, leftOut: readonly string[] = []): RoomProgram {
  const { exports } = readManifest(name);
  const isData = ([, target]: [string, string | object]): boolean => typeof target === 'string';
  const points = Object.entries(exports).filter((point) => !leftOut.includes(point[0]));
  const specifier = ([path]: [string, unknown]): string => `@planscope/${name}${path.slice(1)}`;
  const modules = points.filter((point) => !isData(point)).map(specifier);
  const files = points.filter(isData).map(specifier);
  const code = [
    `import { readFileSync } from 'node:fs';`,
    `import { createRequire } from 'node:module';`,
    ...modules.map((path, index) => `import * as module${index} from '${path}';`),
    `export async function main(): Promise<void> {`,
    `  for (const loaded of [${modules.map((_, index) => `module${index}`)}])`,
    `    if (Object.keys(loaded).length === 0) throw new Error('an entry point exports nothing');`,
    `  const { resolve } = createRequire(process.cwd() + '/program.js');`,
    `  for (const file of ${JSON.stringify(files)}) JSON.parse(readFileSync(resolve(file), 'utf8'));`,
    `}`,
  ];
  return { name: 'entry-points', code: code.join('\n') };
}

/** What the README of a package tells to install. */
export function readmeInstalls(name: string): string[] {
  const installed = installedPackages(readFileSync(new URL(`${name}/README.md`, packages), 'utf8'));
  assert(installed.includes(`@planscope/${name}`), `packages/${name}/README.md does not tell to install the package`);
  return installed;
}

/** The programs of a README that run with what it tells to install. */
export function readmePrograms(name: string): RoomProgram[] {
  const file = `packages/${name}/README.md`;
  const installed = readmeInstalls(name);
  return programsOf(readBlocks(file, readFileSync(new URL(`${name}/README.md`, packages), 'utf8')))
    .filter((program) => isRun(program))
    .filter(({ code }) => importedPackages(code).every((imported) => installed.includes(imported)))
    .map(({ code, block: { line, directive, code: shown } }) => ({
      name: `readme-${line}`,
      code: inMain(code),
      ...(directive.prints && { promised: promisedByComments(shown) }),
    }));
}

/** CommonJS has no `await` outside of functions. */
function inMain(code: string): string {
  const { statements } = ts.createSourceFile('program.ts', code, ts.ScriptTarget.Latest);
  const [imports, rest] = [true, false]
    .map((wanted) => statements.filter((statement) => ts.isImportDeclaration(statement) === wanted))
    .map((some) => some.map(({ pos, end }) => code.slice(pos, end)).join(''));
  return `${imports}\nexport async function main(): Promise<void> {${rest}\n}\n`;
}

const common = {
  target: 'ES2022',
  lib: ['ES2022', 'ESNext.Disposable'],
  strict: true,
  esModuleInterop: true,
  noEmit: true,
  types: ['node'],
  typeRoots: ['node_modules/@types', ourTypes],
};
const strictest = { ...common, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
/** How a program is compiled, by the extension of its file. */
const compilerOptions = {
  mts: { ...strictest, module: 'node16' },
  cts: { ...strictest, module: 'node16' },
  ts: { ...common, module: 'esnext', moduleResolution: 'bundler' },
};

/**
 * Compiles the programs as the TypeScript of a project would: as ESM and as CommonJS under `node16`, and once more under
 * `bundler`. Our declarations are checked, too; those of others are not ours to check.
 *
 * @param extensions the kinds of modules that the programs can be; default all
 * @throws AssertionError with what the compiler says
 */
export function checkTypes(
  project: string,
  programs: readonly RoomProgram[],
  extensions: readonly (keyof typeof compilerOptions)[] = ['mts', 'cts', 'ts'],
): void {
  for (const extension of extensions) {
    const files = programs.map(({ name }) => join(project, `${name}.${extension}`));
    for (const [index, { code }] of programs.entries()) writeFileSync(files[index] ?? '', code);
    const { options, errors } = ts.convertCompilerOptionsFromJson(compilerOptions[extension], project);
    const compiled = ts.createProgram(files, options, hostOf(options));
    const ours = compiled.getSourceFiles().filter(({ fileName }) => files.includes(fileName) || OURS.test(fileName));
    const found = ours.flatMap((file) => [
      ...compiled.getSyntacticDiagnostics(file),
      ...compiled.getSemanticDiagnostics(file),
    ]);
    const complaints = [...errors, ...compiled.getOptionsDiagnostics(), ...found].filter(
      (one) => !lacksOptionalPeer(one),
    );
    assert.equal(ts.formatDiagnostics(complaints, hostOf(options)), '');
  }
}

const OURS = /\/node_modules\/@planscope\/([^/]+)\/(?!.*\/node_modules\/)/;
/** Declarations of TypeScript and Node, which every program reads, are parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, format, ...rest) => {
    if (!/\/(?:typescript\/lib|@types\/node)\//.test(name)) return getSourceFile(name, format, ...rest);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, format, ...rest));
    return parsed.get(name);
  };
  return host;
}

/** Whether one of our declarations only lacks an optional peer: a program that uses that part installs the peer. */
function lacksOptionalPeer({ file, code, messageText }: ts.Diagnostic): boolean {
  const [, name] = OURS.exec(file?.fileName ?? '') ?? [];
  if (name === undefined || code !== 2307) return false;
  const missing = /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(messageText, ' '))?.[1] ?? '';
  return readManifest(name).peerDependenciesMeta?.[missing]?.optional === true;
}

const END = 'the end';
// A program that never ends, or ends too early, must not pass for one that does neither.
const starters = {
  mjs: `for (const path of process.argv.slice(2)) await (await import(path)).main();\nconsole.log('${END}');\n`,
  cjs: `(async () => {
  for (const path of process.argv.slice(2)) await require(path).main();
  console.log('${END}');
})();\n`,
};

export type Format = keyof typeof starters;

export const formats = ['mjs', 'cjs'] as const satisfies readonly Format[];

/**
 * Runs the programs one after another in one process.
 *
 * @param node path of the Node that runs them
 * @param options.nodeArguments options of that Node; default none
 * @param options.environment further variables
 * @returns what they print
 * @throws Error where one fails, writes to standard error (a warning, too), or does not print what it promises
 */
export async function runPrograms(
  project: string,
  programs: readonly RoomProgram[],
  format: Format,
  node: string,
  {
    nodeArguments = [],
    environment = {},
  }: {
    readonly nodeArguments?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const module = format === 'mjs' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const files = {
    ...Object.fromEntries(
      programs.map(({ name, code }) => [name, ts.transpileModule(code, { compilerOptions }).outputText]),
    ),
    start: starters[format],
  };
  for (const [name, code] of Object.entries(files)) writeFileSync(join(project, `${name}.${format}`), code);
  const args = [...nodeArguments, `start.${format}`, ...programs.map(({ name }) => `./${name}.${format}`)];
  // What the tests of this repository are configured with would configure the packages, too.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PLANSCOPE_'));
  const shared = { ...Object.fromEntries(inherited), NO_COLOR: '1', OTEL_TRACES_EXPORTER: 'console' };
  const options = { cwd: project, env: { ...shared, ...environment }, extendEnv: false, timeout: 300_000 };
  const { stdout, stderr } = await execa(node, args, options);
  assert.equal(stderr, '');
  const promised = [...programs.flatMap((program) => program.promised ?? []), END];
  assert.equal(missingOutput(promised, stdout), undefined, `it printed\n${stdout}`);
  return stdout;
}

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

const TYPESCRIPT = /\.tsx?$/;
/** Whoever installs the package has what it imports; a module of types alone gives an empty bundle. */
const EXPECTED = ['UNRESOLVED_IMPORT', 'CIRCULAR_DEPENDENCY', 'EMPTY_BUNDLE', 'UNUSED_EXTERNAL_IMPORT'];

/**
 * Writes the types of a package's entry points into `dist`, for both module systems.
 *
 * Each module is translated alone, which `isolatedDeclarations` allows: a program of the compiler reads and resolves all
 * that a package depends on, and takes several times as long.
 *
 * @param entry paths of the entry points by the names of what is built of them, from the folder of the package
 * @throws Error where a module does not say the types of what it exports
 */
export async function writeDeclarations(entry: Readonly<Record<string, string>>): Promise<void> {
  const tsconfig = resolve('tsconfig.json');
  // Links between packages are followed, so that what is private becomes part of the types.
  const compilerOptions = { ...readOptions(tsconfig), stripInternal: true, preserveSymlinks: false };
  const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  const installed = Object.keys({ ...dependencies, ...peerDependencies });
  const bundle = await rollup({
    // Named as declarations, which the plugin takes as they are; of modules, it would make a program.
    input: Object.fromEntries(
      Object.entries(entry).map(([name, path]) => [name, resolve(path).replace(TYPESCRIPT, '.d.ts')]),
    ),
    external: installed.map((name) => new RegExp(`^${name}(?:$|/)`)),
    onwarn(warning, handle) {
      if (!EXPECTED.includes(warning.code ?? '')) handle(warning);
    },
    plugins: [
      {
        name: 'isolated-declarations',
        resolveId: (source, importer) => (importer === undefined ? source.replace(/\.d\.ts$/, '.ts') : undefined),
        async load(path) {
          return TYPESCRIPT.test(path) ? declarationOf(path, await readFile(path, 'utf8'), compilerOptions) : '';
        },
      },
      dts({ tsconfig, compilerOptions }),
    ],
  });
  for (const extension of ['.d.ts', '.d.cts']) {
    const names = { entryFileNames: `[name]${extension}`, chunkFileNames: `[name]-[hash]${extension}` };
    await bundle.write({ dir: 'dist', format: 'esm', exports: 'named', ...names });
  }
  await bundle.close();
}

function readOptions(tsconfig: string): ts.CompilerOptions {
  const { config, error } = ts.readConfigFile(tsconfig, ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return ts.parseJsonConfigFileContent(config, ts.sys, resolve('.')).options;
}

/** What the compiler asks of every program, and the symbols that name members of our classes. */
const GLOBALS = `
  interface Array<T> { length: number; [index: number]: T }
  interface Boolean {} interface Number {} interface Object {} interface RegExp {} interface String {}
  interface Function {} interface CallableFunction {} interface NewableFunction {} interface IArguments {}
  interface SymbolConstructor {
    readonly iterator: unique symbol;
    readonly asyncIterator: unique symbol;
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
    readonly hasInstance: unique symbol;
    readonly toStringTag: unique symbol;
  }
  declare var Symbol: SymbolConstructor;
`;
const globals = ts.createSourceFile('/globals.d.ts', GLOBALS, ts.ScriptTarget.ESNext);

/** As `ts.transpileDeclaration`, whose symbols are too few: it writes members that have other symbols as names twice. */
function declarationOf(path: string, text: string, compilerOptions: ts.CompilerOptions): string {
  const options = {
    ...compilerOptions,
    ...{ noEmit: false, emitDeclarationOnly: true, allowImportingTsExtensions: true },
    ...{ noResolve: true, noLib: true, noCheck: true, types: [] },
  };
  const module = ts.createSourceFile(path, text, {
    languageVersion: ts.ScriptTarget.ESNext,
    impliedNodeFormat: ts.ModuleKind.ESNext,
  });
  const files = new Map([module, globals].map((file) => [file.fileName, file]));
  let declaration: string | undefined;
  const program = ts.createProgram([...files.keys()], options, {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => files.get(name),
    writeFile: (_, written) => {
      declaration = written;
    },
  });
  const { diagnostics } = program.emit(module);
  const found = [
    ...program.getSyntacticDiagnostics(module),
    ...program.getDeclarationDiagnostics(module),
    ...diagnostics,
  ];
  if (found.length > 0 || declaration === undefined) {
    throw new Error(ts.formatDiagnostics(found, ts.createCompilerHost(options)));
  }
  return declaration;
}

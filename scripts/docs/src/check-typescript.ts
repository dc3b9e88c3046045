import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Finding, finding } from './finding.ts';
import type { SourceChain } from './source-chain.ts';

/** Where the programs lie while they are checked: beside the packages that a reader would install. */
const folder = fileURLToPath(new URL(`../.programs/${process.pid}/`, import.meta.url));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
};

/** A program on disk, ready to be run once it has compiled. */
export interface Program {
  readonly chain: SourceChain;
  /** What is compiled. */
  readonly path: string;
  /** What Node runs of it. */
  readonly script: string;
}

/** Writes each program to a file of its own. */
export function writePrograms(chains: readonly SourceChain[]): Program[] {
  mkdirSync(folder, { recursive: true });
  return chains.map((chain) => {
    const { file, line, language } = chain.block;
    const name = `${file.replaceAll(/[^a-z0-9]+/gi, '-')}-${line}.${language === 'js' ? 'mjs' : 'mts'}`;
    const path = join(folder, name);
    const script = `${path.slice(0, path.lastIndexOf('.'))}.run.mjs`;
    // An empty export makes a module of a block that imports nothing.
    const code = `${chain.code}\nexport {};\n`;
    writeFileSync(path, code);
    writeFileSync(script, ts.transpileModule(code, { compilerOptions: options, fileName: path }).outputText);
    return { chain, path, script };
  });
}

/** Removes what `writePrograms` wrote. */
export function removePrograms(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Compiles the programs against the types of the built packages, as strictly as the packages themselves. */
export function checkTypescript(programs: readonly Program[]): Finding[] {
  const compiled = ts.createProgram(
    programs.map(({ path }) => path),
    options,
  );
  return programs.flatMap(({ chain, path }) => {
    const source = compiled.getSourceFile(path);
    if (source === undefined) throw new Error(`TypeScript did not read ${path}`);
    return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
      (diagnostic) => {
        const { line } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
        return finding(chain.placeOf(line), ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '));
      },
    );
  });
}

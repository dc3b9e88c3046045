import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { shellCommands } from './check-shell.ts';
import { type Block, type Document, type Finding, finding } from './document.ts';

/** A program made of blocks, which knows where each of its lines comes from. */
export interface SourceChain {
  readonly block: Block;
  readonly code: string;
  /** The place in the document of a line of the program, from 0; of code that a comment gives, that of its block. */
  readonly placeOf: (line: number) => { readonly file: string; readonly line: number };
}

/**
 * The program of each block: what its comment gives, and before that, where it continues, all of the block before it.
 *
 * @param blocks those of one document and one kind, in order
 * @throws where the first one continues
 */
export function sourceChains(blocks: readonly Block[]): SourceChain[] {
  const chains: SourceChain[] = [];
  for (const block of blocks) {
    const previous = block.directive.continues ? chains.at(-1) : undefined;
    if (block.directive.continues && previous === undefined) {
      throw new Error(`${block.file}:${block.line}: there is no block before this one to continue`);
    }
    const before = [previous?.code, block.directive.given].filter((part) => part !== undefined).join('\n');
    const offset = before === '' ? 0 : before.split('\n').length;
    const inherited = previous?.code.split('\n').length ?? 0;
    chains.push({
      block,
      code: before === '' ? block.code : `${before}\n${block.code}`,
      placeOf: (line) => {
        if (previous !== undefined && line < inherited) return previous.placeOf(line);
        return { file: block.file, line: block.line + Math.max(0, line - offset) };
      },
    });
  }
  return chains;
}

/**
 * Packages that the programs of a document import though it does not say to install them: neither a command does nor,
 * by their name, the text. Documents that install nothing speak to readers who have.
 */
export function checkImports({ blocks }: Document, text: string): Finding[] {
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => shellCommands(code));
  const installed = new Set(
    commands.flatMap(({ words: [program, command, ...rest] }) =>
      program === 'npm' && command === 'install' ? rest.map((word) => word.replace(/(?<=.)@.*$/, '')) : [],
    ),
  );
  if (installed.size === 0) return [];
  return blocks
    .filter(({ language }) => language === 'ts' || language === 'js')
    .flatMap((block) =>
      ts
        .preProcessFile(block.code)
        .importedFiles.map(({ fileName }) => packageOf(fileName))
        .filter((name) => !isBuiltin(name) && !installed.has(name) && !text.includes(`\`${name}\``))
        .map((name) => finding(block, `it imports ${name}, which the document does not say to install`)),
    );
}

function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

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

import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../collector/run-program.ts';
import { lacksOptionalPeer } from './installed-tree.ts';

const sources = new URL('programs/', import.meta.url);
const compiler = fileURLToPath(new URL('compile-project.ts', import.meta.url));
const ourTypes = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

const SHARED = 'recording-provider';

const COMMON = {
  target: 'ES2022',
  lib: ['ES2022'],
  strict: true,
  skipLibCheck: false,
  esModuleInterop: true,
  types: ['node'],
  typeRoots: ['node_modules/@types', ourTypes],
};

/**
 * Compiles the programs in a project as its TypeScript would: as ESM and as CommonJS under `node16`, which also makes the
 * `.mjs` and `.cjs` that are run, and once more under `bundler`. Our declarations are checked, too.
 *
 * @param bothBuilds program that is ESM only, as it loads the CommonJS build besides
 */
export async function compilePrograms(
  project: string,
  programs: readonly string[],
  bothBuilds: string | undefined,
): Promise<void> {
  const extensions = {
    mts: [...programs, ...(bothBuilds === undefined ? [] : [bothBuilds])],
    cts: programs,
    ts: programs,
  };
  for (const [extension, names] of Object.entries(extensions)) {
    for (const name of [...names, SHARED]) placeSource(project, name, extension);
  }
  const files = (extension: keyof typeof extensions): string[] =>
    extensions[extension].map((name) => `${flatName(name)}.${extension}`);
  const node16 = { ...COMMON, module: 'node16', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const bundler = {
    ...COMMON,
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  const configurations = [
    configure(project, 'node16', node16, [...files('mts'), ...files('cts')]),
    configure(project, 'bundler', bundler, files('ts')),
  ];
  const args = ['--import', import.meta.resolve('tsx'), compiler, ...configurations];
  const { status, output } = await runProgram(process.execPath, args, { folder: project });
  const complaints = output.split('\n').filter((line) => line !== '' && !lacksOptionalPeer(line));
  assert(status === 0 && complaints.length === 0, complaints.join('\n'));
}

/** Programs lie flat in a project. */
export function flatName(program: string): string {
  return program.replace('/', '-');
}

function placeSource(project: string, name: string, extension: string): void {
  const text = readFileSync(new URL(`${name}.ts`, sources), 'utf8');
  const imported = extension === 'ts' ? 'ts' : extension.replace('ts', 'js');
  const placed = text.replaceAll(/from '\.{1,2}\/(.*)\.ts'/g, `from './$1.${imported}'`);
  writeFileSync(join(project, `${flatName(name)}.${extension}`), placed);
}

function configure(project: string, name: string, compilerOptions: object, files: readonly string[]): string {
  const path = join(project, `tsconfig.${name}.json`);
  writeFileSync(path, JSON.stringify({ compilerOptions, files }, undefined, 2));
  return path;
}

/** Takes the compiled programs over into another project. */
export function copyCompiled(from: string, to: string, programs: readonly string[]): void {
  for (const name of [...programs, SHARED]) {
    for (const extension of ['mjs', 'cjs']) {
      const file = `${flatName(name)}.${extension}`;
      if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
    }
  }
}

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import ts from 'typescript';
import type { Block } from './document.ts';
import { isRun, missingOutput, type Program, promisedByComments } from './program.ts';
import { makeSampleData } from './sample-data.ts';

/** What the check of programs found. */
export interface CheckedPrograms {
  /** `file:line message`. */
  readonly problems: readonly string[];
  /** What each program that was run printed, by its block. */
  readonly printed: ReadonlyMap<Block, string>;
}

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

/** Compiles every program against the built packages, as strictly as these, and runs those that are to be run. */
export async function checkPrograms(programs: readonly Program[]): Promise<CheckedPrograms> {
  // Beside the packages that a reader would install.
  const folder = fileURLToPath(new URL(`../.programs/${process.pid}/`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  try {
    const paths = new Map(programs.map((program, index) => [program, place(program, join(folder, String(index)))]));
    const compiled = ts.createProgram([...paths.values()], options);
    const problems = [...paths].flatMap(([program, path]) => complaints(compiled, program, path));
    const printed = new Map<Block, string>();
    const sample = await makeSampleData(folder);
    const waiting = [...paths].filter(([program]) => isRun(program)).values();
    const work = async (): Promise<void> => {
      for (const [program, path] of waiting) problems.push(...(await run(program, path, sample, printed)));
    };
    await Promise.all([work(), work()]);
    return { problems, printed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function place({ block, code }: Program, base: string): string {
  const path = `${base}.${block.language === 'js' ? 'mjs' : 'mts'}`;
  // An empty export makes a module of a block that imports nothing.
  const text = `${code}\nexport {};\n`;
  writeFileSync(path, text);
  writeFileSync(scriptOf(path), ts.transpileModule(text, { compilerOptions: options, fileName: path }).outputText);
  return path;
}

/** What Node runs of a program. */
function scriptOf(path: string): string {
  return path.replace(/m[jt]s$/, 'run.mjs');
}

function complaints(compiled: ts.Program, { block, linesBefore }: Program, path: string): string[] {
  const source = compiled.getSourceFile(path);
  const found = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)];
  return found.map(({ file, start = 0, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) - linesBefore;
    return `${block.file}:${block.line + Math.max(0, line)} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** Runs a program in an empty folder with the sample data. What does not say where its spans go prints them. */
async function run({ block }: Program, path: string, sample: string, printed: Map<Block, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-docs-'));
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', TZ: 'UTC', OTEL_TRACES_EXPORTER: 'console' };
  const place = `${block.file}:${block.line}`;
  try {
    cpSync(sample, join(folder, 'flights.parquet'));
    const { stdout } = await execa(process.execPath, [scriptOf(path)], {
      cwd: folder,
      env,
      extendEnv: false,
      timeout: 300_000,
    });
    printed.set(block, stdout);
    if (!block.directive.prints) return [];
    const promised = promisedByComments(block.code);
    if (promised.length === 0) return [`${place} no comment says what it prints`];
    const missing = missingOutput(promised, stdout);
    return missing === undefined ? [] : [`${place} it does not print "${missing}" but:\n${stdout}`];
  } catch (error) {
    return [`${place} ${error instanceof Error ? error.message.slice(-2000) : error}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compiles the configurations of TypeScript that it is given, and prints what is wrong with the programs or with our
 * declarations. Declarations of others are read as far as ours lead into them; they are not ours to check.
 *
 * `node --import tsx compile-project.ts <tsconfig.json> …`, in the folder of the project.
 */
import { dirname } from 'node:path';
import ts from 'typescript';

/** Declarations that every configuration reads are parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

for (const path of process.argv.slice(2)) {
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  const program = ts.createProgram(fileNames, options, hostOf(options));
  const ours = program.getSourceFiles().filter((file) => isOurs(file, fileNames));
  const diagnostics = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  for (const diagnostic of diagnostics) console.log(render(diagnostic));
  if (options.noEmit !== true) program.emit();
}

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, languageOptions, ...rest) => {
    if (!name.includes('/typescript/lib/lib.')) return getSourceFile(name, languageOptions, ...rest);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, languageOptions, ...rest));
    return parsed.get(name);
  };
  return host;
}

function isOurs({ fileName }: ts.SourceFile, programs: readonly string[]): boolean {
  return programs.includes(fileName) || /\/node_modules\/@planscope\/(?!.*\/node_modules\/)/.test(fileName);
}

function render({ file, start = 0, code, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (file === undefined) return `error TS${code}: ${text}`;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName}(${line + 1},${character + 1}): error TS${code}: ${text}`;
}

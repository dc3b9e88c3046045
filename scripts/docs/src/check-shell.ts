import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, resolveTracingConfig } from '@planscope/config';
import { type Block, type Finding, finding } from './document.ts';
import type { Workspace } from './workspace.ts';

/** One command with the variables that are set for it. */
export interface ShellCommand {
  /** Line in the block, from 0. */
  readonly line: number;
  readonly variables: Readonly<Record<string, string>>;
  /** The program and its arguments, without quotation marks. */
  readonly words: readonly string[];
}

/** The commands of a plain script: one after another, joined by `&&`, `;` or pipes; comments and redirections left out. */
export function shellCommands(code: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const lines = code.split('\n');
  for (let line = 0; line < lines.length; line += 1) {
    const start = line;
    let text = lines[line] ?? '';
    while (text.endsWith('\\') && line + 1 < lines.length) {
      line += 1;
      text = `${text.slice(0, -1)} ${lines[line]}`;
    }
    for (const words of splitCommands(text)) commands.push({ line: start, ...takeVariables(words) });
  }
  return commands;
}

function splitCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(/&&|\|\||[;|&]|(?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'\\;|&])+/g)) {
    if (token.startsWith('#')) break;
    if (/^(&&|\|\||[;|&])$/.test(token)) commands.push([]);
    else if (!/^\d*[<>]/.test(token)) commands.at(-1)?.push(token);
  }
  return commands.filter((words) => words.length > 0);
}

function takeVariables(words: readonly string[]): Pick<ShellCommand, 'variables' | 'words'> {
  const isExport = words[0] === 'export';
  const rest = isExport ? words.slice(1) : words;
  const count = rest.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const assignments = count === -1 ? rest : rest.slice(0, count);
  const variables = Object.fromEntries(
    assignments.map((word) => {
      const [, name = '', value = ''] = /^(\w+)=([\s\S]*)$/.exec(word) ?? [];
      return [name, unquoted(value)];
    }),
  );
  return { variables, words: rest.slice(assignments.length).map(unquoted) };
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"((?:\\.|[^"])*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}

/** Where a command is, and what the document says besides. */
interface Place {
  readonly workspace: Workspace;
  /** The folder the reader is in, from the root of the repository. */
  readonly folder: string;
  /** Whether the document itself has the reader make this file or folder. */
  readonly isMade: (name: string) => boolean;
}

type Check = (words: readonly string[], place: Place) => string | undefined;

const PNPM_ITSELF = new Set(['install', 'exec', 'vitest', 'biome', 'changeset', 'tsx', 'store', 'pack']);
const NPM_ITSELF = new Set(['init', 'ls', 'ci', 'pack', 'explain', 'view', 'audit']);

/** The programs that documents use, each with what is wrong about its arguments. */
const programs: Readonly<Record<string, Check>> = {
  npm: ([command = '', ...rest], place) => {
    if (['install', 'i', 'add'].includes(command)) return unknownPackage(rest, place);
    if (command === 'run' || command === 'exec') return unknownScript(rest, place);
    return NPM_ITSELF.has(command) ? undefined : unknownScript([command], place);
  },
  pnpm: (words, place) => {
    const [command = '', ...rest] = words.filter((word) => !word.startsWith('-'));
    if (command === 'add') return unknownPackage(rest, place);
    return PNPM_ITSELF.has(command) ? undefined : unknownScript(command === 'run' ? rest : [command], place);
  },
  npx: (words, place) => unknownPackage(words.slice(0, words.findIndex((word) => !word.startsWith('-')) + 1), place),
  node: (words, place) =>
    unknownFile(
      words.find((word) => !word.startsWith('-')),
      place,
    ),
  bash: ([file], place) => unknownFile(file, place),
  cd: ([folder], place) => unknownFile(folder, place),
  otelcol: (words, place) =>
    words
      .map((word) => (word.startsWith('--config=') ? unknownFile(word.slice('--config='.length), place) : undefined))
      .find((fault) => fault !== undefined),
  ...Object.fromEntries(
    ['curl', 'docker', 'mkdir', 'cat', 'echo', 'git', 'jq', 'duckdb', 'grep', 'head', 'tail', 'sort', 'wc', 'kill'].map(
      (name) => [name, () => undefined],
    ),
  ),
};

/**
 * Whether the commands of a block can be what they say: the shell can read them, packages, scripts and files that they
 * name are there, and variables set for Planscope are ones it accepts.
 *
 * @param documentText the whole document, which may have the reader make the files
 */
export function checkShell(block: Block, documentText: string, workspace: Workspace): Finding[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' });
  if (status !== 0) return [finding(block, stderr.trim())];
  const isMade = (name: string): boolean => documentText.includes(`\`${name}\``) || made.has(name);
  const made = new Set<string>();
  let folder = '';
  return shellCommands(block.code).flatMap((command) => {
    const [program = '', ...rest] = command.words;
    const fault = checkCommand(command, { workspace, folder, isMade }) ?? checkVariables(command.variables);
    if (program === 'mkdir') for (const name of rest) made.add(name);
    if (program === 'cd' && rest[0] !== undefined) folder = join(folder, rest[0]);
    return fault === undefined ? [] : [finding({ file: block.file, line: block.line + command.line }, fault)];
  });

  function checkCommand({ words: [program, ...rest] }: ShellCommand, place: Place): string | undefined {
    if (program === undefined) return undefined;
    const check = Object.hasOwn(programs, program) ? programs[program] : undefined;
    if (check === undefined) return `"${program}" is no program the check knows`;
    // A README speaks of the files beside it, any other document of the repository.
    const beside = { ...place, folder: join(dirname(block.file), place.folder) };
    const fault = check(rest, place);
    return fault === undefined || check(rest, beside) === undefined ? undefined : fault;
  }
}

function unknownPackage(words: readonly string[], { workspace }: Place): string | undefined {
  const names = words.filter((word) => !word.startsWith('-')).map((word) => word.replace(/(?<=.)@.*$/, ''));
  const unknown = names.find((name) => !workspace.packages.has(name));
  return unknown === undefined ? undefined : `nothing here is made or tested with a package "${unknown}"`;
}

function unknownScript([script = '']: readonly string[], { workspace, folder }: Place): string | undefined {
  if (workspace.scriptsIn(folder).has(script)) return undefined;
  return `the package in "${folder || '.'}" has no script "${script}"`;
}

function unknownFile(file: string | undefined, { workspace, folder, isMade }: Place): string | undefined {
  if (file === undefined || isMade(file) || existsSync(join(workspace.root, folder, file))) return undefined;
  return `there is no "${file}"`;
}

function checkVariables(variables: Readonly<Record<string, string>>): string | undefined {
  try {
    const [unknown] = resolveTracingConfig({ environment: variables }).unknownVariables;
    return unknown === undefined ? undefined : `Planscope knows no variable ${unknown}`;
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.message;
    throw error;
  }
}

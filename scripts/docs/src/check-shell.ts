import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, resolveTracingConfig } from '@planscope/config';
import { parse } from 'shell-quote';
import { type Block, readDocument, repository } from './document.ts';

/** The manifests of the repository, by folder; each field that is an object, by its name. */
const manifests = new Map<string, Readonly<Record<string, Readonly<Record<string, string>>>>>(
  execFileSync('git', ['ls-files', '*package.json'], { cwd: repository, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(repository, path)))
    .map((path) => [dirname(path), JSON.parse(readFileSync(join(repository, path), 'utf8'))]),
);
/** Packages that are made here or that something here is built and tested with. */
const packages = new Set(
  [...manifests.values()].flatMap(({ name, dependencies, devDependencies, peerDependencies }) => [
    String(name),
    ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
  ]),
);

/** The commands of a plain script, each as its words: comments, redirections and quotation marks left out. */
export function shellCommands(code: string): string[][] {
  const commands = code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const ofLine: string[][] = [[]];
      for (const entry of parse(line, (name) => `$${name}`)) {
        if (typeof entry === 'string') ofLine.at(-1)?.push(entry);
        else if ('op' in entry && /^(?:&&|\|\||[;|&])$/.test(entry.op)) ofLine.push([]);
      }
      return ofLine;
    });
  return commands.filter((words) => words.length > 0);
}

/** Commands of the package managers themselves, which are no scripts. */
const managers: Readonly<Record<string, readonly string[]>> = {
  npm: ['init', 'ls', 'ci', 'pack', 'explain', 'view', 'audit'],
  pnpm: ['exec', 'vitest', 'biome', 'changeset', 'tsx', 'store', 'pack'],
};
const ADD = ['install', 'i', 'add'];
const others = 'export curl docker mkdir cat echo git jq duckdb grep head tail sort wc kill pip'.split(' ');

/**
 * What is wrong with the commands of a block; nothing where the shell can read them, the packages, scripts and files that
 * they name are there, and Planscope accepts the variables that are set for it.
 */
export function checkShell(block: Block): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' });
  if (status !== 0) return [stderr.trim()];
  const text = readDocument(block.file);
  const made = new Set<string>();
  let folder = '';

  /** Where the reader may be: a README speaks of the files beside it, any other document of the repository. */
  const places = (): string[] => [folder, join(dirname(block.file), folder)].map((place) => place || '.');
  const unknownFile = (name = ''): string | undefined => {
    // The document itself may have the reader make the file.
    const isKnown = name === '' || made.has(name) || text.includes(`\`${name}\``);
    const isThere = isKnown || places().some((place) => existsSync(join(repository, place, name)));
    return isThere ? undefined : `there is no "${name}"`;
  };
  const unknownPackage = (names: readonly string[]): string | undefined => {
    const unknown = names.map((word) => word.replace(/(?<=.)@.*$/, '')).find((name) => !packages.has(name));
    return unknown && `nothing here is made or tested with a package "${unknown}"`;
  };
  const unknownScript = (script = ''): string | undefined => {
    const isKnown = places().some((place) => script in (manifests.get(place)?.scripts ?? {}));
    return isKnown ? undefined : `the package in "${folder || '.'}" has no script "${script}"`;
  };
  const unknownCommand = (command = ''): string | undefined => {
    const isThere = existsSync(join(repository, 'packages/cli/src/commands', `${command}.ts`));
    return isThere ? undefined : `planscope has no command "${command}"`;
  };
  const checkCommand = (program: string, args: readonly string[]): string | undefined => {
    const [first = '', ...rest] = args.filter((word) => !word.startsWith('-'));
    if (program in managers) {
      if (ADD.includes(first)) return unknownPackage(rest);
      return managers[program]?.includes(first) ? undefined : unknownScript(first === 'run' ? rest[0] : first);
    }
    if (program === 'npx') return first === 'planscope' ? unknownCommand(rest[0]) : unknownPackage([first]);
    if (program === 'planscope') return unknownCommand(first);
    if (['node', 'python', 'bash', 'cd'].includes(program)) return unknownFile(first);
    if (program === 'otelcol')
      return args.map((word) => unknownFile(word.split('--config=')[1])).find((fault) => fault);
    return others.includes(program) ? undefined : `"${program}" is no program the check knows`;
  };

  return shellCommands(block.code).flatMap((words) => {
    const count = words.findIndex((word, index) => !/^[A-Za-z_]\w*=/.test(word) && !(index === 0 && word === 'export'));
    const [variables, rest] = count < 0 ? [words, []] : [words.slice(0, count), words.slice(count)];
    const [program, ...args] = rest;
    const fault = checkVariables(variables) ?? (program === undefined ? undefined : checkCommand(program, args));
    if (program === 'mkdir') for (const name of args) made.add(name);
    if (program === 'cd') folder = join(folder, args[0] ?? '');
    return fault ?? [];
  });
}

function checkVariables(words: readonly string[]): string | undefined {
  const assignments = words.filter((word) => word.includes('='));
  const environment = Object.fromEntries(
    assignments.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  try {
    const [unknown] = resolveTracingConfig({ environment }).unknownVariables;
    return unknown && `Planscope knows no variable ${unknown}`;
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.message;
    throw error;
  }
}

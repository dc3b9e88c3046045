import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A folder of examples/. */
export interface Example {
  readonly name: string;
  readonly folder: string;
  /** What its package.json says. */
  readonly manifest: { readonly name: string; readonly scripts?: Readonly<Record<string, string>> };
}

const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Every folder of examples/, by name. */
export function findExamples(): Example[] {
  return readdirSync(examplesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const folder = `${examplesFolder}${name}`;
      return { name, folder, manifest: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) };
    });
}

const LIMIT_MILLIS = 60_000;

/** A script of an example that runs. */
export interface RunningProgram {
  /** What it has printed so far. */
  output(): string;
  /**
   * Waits until it has printed what the pattern matches.
   *
   * @throws with all it printed when it ends before that
   */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Waits for its end; with a signal, asks for it. */
  end(signal?: NodeJS.Signals): Promise<{ readonly status: number | null; readonly errors: string }>;
}

/**
 * Starts a script of an example as `npm run` would, in a process that signals reach directly; it gets a minute.
 *
 * @param environment added to that of this process
 * @throws when the package.json has no such script, or one that is no single call of Node
 */
export function startProgram(
  { name, folder, manifest }: Example,
  script: string,
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const [program, ...args] = manifest.scripts?.[script]?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`examples/${name} has no script "${script}" that is one call of node`);
  const options = { cwd: folder, env: { ...process.env, ...environment }, timeout: LIMIT_MILLIS } as const;
  return follow(script, spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

const checklist = fileURLToPath(new URL('print-checklist.ts', import.meta.url));

/** Starts a module of an example with its spans recorded; it ends with status 1, and says why, if they lack something. */
export function startChecklist({ folder }: Example, module: string): RunningProgram {
  const options = { cwd: folder, timeout: LIMIT_MILLIS } as const;
  return follow(
    module,
    spawn(process.execPath, ['--import', 'tsx', checklist, module], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

function follow(program: string, child: ChildProcessByStdio<null, Readable, Readable>): RunningProgram {
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    output,
    async printed(pattern) {
      for (;;) {
        const match = output().match(pattern);
        if (match) return match;
        if ((await Promise.race([ended, sleep(20, 'running')])) === 'running') continue;
        throw new Error(`"${program}" ended before it printed ${pattern}:\n${output()}${errors()}`);
      }
    },
    async end(signal) {
      if (signal !== undefined) child.kill(signal);
      return { status: await ended, errors: errors() };
    },
  };
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

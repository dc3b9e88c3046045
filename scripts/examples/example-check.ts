import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Example } from './find-examples.ts';

/** An example that has run to its end with status 0. */
interface ExampleRun {
  /** What `npm start` printed, which is what its README shows. */
  readonly output: string;
  readonly folder: string;
  /** The first block of a language in its README; empty where there is none. */
  shown(language: string): string;
  /** Starts another of its scripts; whatever it starts, the check ends. */
  start(script: string, environment?: Readonly<Record<string, string>>): RunningProgram;
  /** Runs a module of the example with its spans recorded; resolves to what they lack. */
  missingFromTrace(module: string): Promise<string>;
}

/** The default export of an example's check.ts: throws where the example did not do what it is there to show. */
export type ExampleCheck = (run: ExampleRun) => void | Promise<void>;

/** A script of an example that runs. */
export interface RunningProgram {
  /** What it has printed so far. */
  output(): string;
  /**
   * Waits until it has printed what the pattern matches.
   *
   * @throws Error with all it printed when it ends before that
   */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Waits for its end; with a signal, asks for it. */
  end(signal?: NodeJS.Signals): Promise<{ readonly status: number | undefined; readonly errors: string }>;
}

/**
 * Starts a script of an example as `npm run` would, in a process that signals reach directly; it gets a minute.
 *
 * @param environment added to that of this process
 * @throws Error when the package.json has no such script, or one that is not a single call of Node
 */
export function startProgram(
  { name, folder, manifest }: Example,
  script: string,
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const [program, ...args] = manifest.scripts?.[script]?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`examples/${name} has no script "${script}" that is one call of node`);
  const options = { cwd: folder, env: environment, timeout: 300_000, stdin: 'ignore', reject: false } as const;
  const child = execa(process.execPath, args, options);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    output: () => output,
    async printed(pattern) {
      for (;;) {
        const match = output.match(pattern);
        if (match) return match;
        const ended = await Promise.race([child, sleep(20)]);
        if (ended) throw new Error(`"${script}" ended before it printed ${pattern}:\n${output}${ended.stderr}`);
      }
    },
    async end(signal) {
      if (signal !== undefined) child.kill(signal);
      const { exitCode, stderr } = await child;
      return { status: exitCode, errors: stderr };
    },
  };
}

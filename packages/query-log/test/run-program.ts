import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How a program of `test/programs` runs, in a process of its own, on the sources. */
export interface ProgramOptions {
  readonly settings?: readonly string[];
  /** Variables besides `PATH`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that starts the process, with its arguments. */
  readonly through?: readonly string[];
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
}

/** A program that runs. */
export interface RunningProgram {
  /** The next line that it prints. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly end: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stderr: string;
  }>;
}

export function startProgram(name: string, options: ProgramOptions = {}): RunningProgram {
  const { settings = [], environment = {}, through = [], flags = [] } = options;
  const file = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const node = [process.execPath, '--conditions=@planscope/source', '--import', 'tsx', ...flags, file, ...settings];
  const [command = '', ...before] = [...through, ...node];
  const child = spawn(command, before, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const stderr = text(child.stderr);
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('exit', (code, signal) => resolve([code, signal]));
  });
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended without another line: ${await stderr}`);
      return value;
    },
    kill: (signal) => void child.kill(signal),
    end: ended.then(async ([code, signal]) => ({ code, signal, stderr: await stderr })),
  };
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From start to end. */
  readonly millis: number;
}

/**
 * Runs a program of `test/programs` in a process of its own, on the sources, in the folder of its package.
 *
 * @param program its name, or its place if it is one of another package
 * @param onOutput told of what it prints, with a way to signal it
 */
export function runProgram(
  program: string | URL,
  environment: Readonly<Record<string, string>>,
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<ProgramEnd> {
  const place = typeof program === 'string' ? new URL(`../programs/${program}`, import.meta.url) : program;
  const started = performance.now();
  const child = spawn(process.execPath, ['--conditions=@planscope/source', '--import', 'tsx', fileURLToPath(place)], {
    cwd: fileURLToPath(new URL('../..', place)),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput(text, (signal) => void child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, millis: performance.now() - started }));
  });
}

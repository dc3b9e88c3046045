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
 * Runs a program of `test/programs` in a process of its own, on the sources.
 *
 * @param onOutput told of what it prints, with a way to signal it
 */
export function runProgram(
  name: string,
  environment: Readonly<Record<string, string>>,
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<ProgramEnd> {
  const file = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, ['--conditions=@planscope/source', '--import', 'tsx', file], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
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

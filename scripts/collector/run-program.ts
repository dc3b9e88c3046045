import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

interface ProgramOptions {
  readonly folder?: string;
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default no limit. */
  readonly limitMillis?: number;
}

/** Runs a program to its end, or to the limit, and gives back its exit status and all it wrote. */
export function runProgram(
  program: string,
  args: readonly string[],
  { folder, environment = {}, limitMillis }: ProgramOptions = {},
): Promise<{ status: number | 'timeout' | 'not found'; output: string }> {
  return new Promise((resolve) => {
    // In a group of its own, so that its own children stop with it.
    const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...environment }, detached: true });
    let output = '';
    let late = false;
    const onText = (text: Buffer): void => {
      output += text;
    };
    child.stdout.on('data', onText);
    child.stderr.on('data', onText);
    const timer =
      limitMillis === undefined
        ? undefined
        : setTimeout(
            () => {
              late = true;
              if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
            },
            Math.max(0, limitMillis),
          );
    child.on('error', () => resolve({ status: 'not found', output }));
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: late ? 'timeout' : (status ?? 1), output });
    });
  });
}

/**
 * Runs a program that has to end without an error within ten minutes.
 *
 * @returns all it wrote
 * @throws AssertionError with all it wrote, if it fails or takes longer
 */
export async function runSuccessfully(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { status, output } = await runProgram(program, args, { limitMillis: 600_000, ...options });
  assert(status === 0, `${program} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}

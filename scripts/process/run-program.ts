import { type ExecFileOptions, execFile } from 'node:child_process';

/** What a program wrote. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @param options those of `execFile`; the time limit is ten minutes by default
 * @throws Error with all it wrote, if it fails or takes longer
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<ProgramOutput> {
  const settings = { timeout: 600_000, maxBuffer: 2 ** 28, ...options, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout, stderr });
      const ended = error.killed
        ? `took longer than ${settings.timeout} ms`
        : `ended with ${error.code ?? error.signal}`;
      reject(new Error(`${program} ${args.join(' ')} ${ended}:\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

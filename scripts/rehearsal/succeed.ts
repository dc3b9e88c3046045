import { runProgram } from '../collector/run-program.ts';

/** Default for one program: 5 minutes. */
const limitMillis = 300_000;

/**
 * Runs a program that has to end well.
 * @returns all it wrote
 * @throws with all it wrote, where it does not end well or not within five minutes
 */
export async function succeed(
  program: string,
  args: readonly string[],
  options: { readonly folder?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { status, output } = await runProgram(program, args, { limitMillis, ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}

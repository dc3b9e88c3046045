import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import pc from 'picocolors';
import { runCommandLine } from '../src/command-line.ts';

/** What a command printed, and its exit code. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command gets besides its arguments. */
export interface CommandSurroundings {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly columns?: number;
  /** Called with each piece of standard output. */
  readonly onOutput?: (text: string) => void;
}

/** Runs one command as a script would: without colours and without a person who watches. */
export async function runCommand(args: readonly string[], given: CommandSurroundings = {}): Promise<CommandOutcome> {
  const { stdin = '', environment = {}, signal = new AbortController().signal, onOutput } = given;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  if (onOutput !== undefined) stdout.on('data', (chunk: Buffer) => onOutput(chunk.toString()));
  const printed = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCommandLine(args, {
    stdin: Readable.from([typeof stdin === 'string' ? Buffer.from(stdin) : stdin]),
    stdout,
    stderr,
    environment,
    isInteractive: false,
    colors: pc.createColors(false),
    columns: given.columns,
    messageColumns: given.columns,
    signal,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { exitCode, stdout: out, stderr: err };
}

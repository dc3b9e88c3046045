import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** Where a command reads and writes, and how its output may look. */
export interface Terminal {
  readonly stdin: Readable;
  /** Results only. A program may read them. */
  readonly stdout: Writable;
  /** Messages and progress. */
  readonly stderr: Writable;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person sees the messages while the command runs. */
  readonly isInteractive: boolean;
  /** Colours, which write plain text where colours are off. */
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Width of the output in columns; undefined if it is no terminal. */
  readonly columns: number | undefined;
  /** Width of the messages in columns; undefined if they go to no terminal. */
  readonly messageColumns: number | undefined;
  /** Aborted when the person interrupts the command. */
  readonly signal: AbortSignal;
}

/** The terminal of this process. NO_COLOR and FORCE_COLOR are obeyed; an interrupt aborts the signal. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const interrupt = new AbortController();
  // The handler stays, because a tracing pipeline ends the process if it finds no other; a second interrupt ends it, too.
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort(new Error('interrupted'));
  });
  // A reader such as `head` may close the pipe before the end.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    stdin,
    stdout,
    stderr,
    environment: env,
    isInteractive: stderr.isTTY === true,
    colors: pc.createColors(showsColors(env, stdout.isTTY === true)),
    columns: stdout.isTTY === true ? stdout.columns : undefined,
    messageColumns: stderr.isTTY === true ? stderr.columns : undefined,
    signal: interrupt.signal,
  };
}

/** https://no-color.org: any value but an empty one switches colours off. FORCE_COLOR switches them on. */
function showsColors({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
}

/** Writes text and a line end, and waits while the reader is slower. */
export function print(terminal: Terminal, text: string): Promise<void> {
  return printParts(terminal, [`${text}\n`]);
}

/** Writes texts one after the other, and waits while the reader is slower. */
export async function printParts({ stdout, signal }: Terminal, parts: Iterable<string>): Promise<void> {
  for (const part of parts) if (!stdout.write(part)) await once(stdout, 'drain', { signal });
}

/** Writes a value as one line of JSON; integers beyond 2^53 become decimal strings. */
export function printJson(terminal: Terminal, value: unknown): Promise<void> {
  return print(
    terminal,
    JSON.stringify(value, (_, entry) => (typeof entry === 'bigint' ? String(entry) : entry)),
  );
}

/** A line about long work that replaces itself. It is shown only to a person. */
export class Progress {
  readonly #terminal: Terminal;
  #last = 0;
  #isShown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** @param line called at most ten times a second */
  show(line: () => string): void {
    const now = performance.now();
    if (!this.#terminal.isInteractive || now - this.#last < 100) return;
    this.#last = now;
    this.#isShown = true;
    this.#terminal.stderr.write(`\r\u001b[2K${line()}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#terminal.stderr.write('\r\u001b[2K');
    this.#isShown = false;
  }
}

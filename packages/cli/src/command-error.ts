/** What the exit codes of the command line mean. */
export const EXIT = {
  ok: 0,
  /** The command ended well and found what it was asked to fail on, or the query failed. */
  failed: 1,
  /** The command was called the wrong way, or cannot read its input. */
  usage: 2,
  /** As a shell reports a process that SIGINT stopped. */
  interrupted: 130,
} as const;

/** An error whose message is written for the person at the terminal, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, { exitCode = EXIT.usage, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

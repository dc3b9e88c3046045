/** How an error is described. */
export interface DescribeErrorOptions {
  /**
   * `known-templates`, the default, keeps a message only where its template is known, with its values taken out; else the
   * class of the error stands for it. `raw` lets the whole message and stack through, whatever data they hold.
   */
  readonly messages?: 'known-templates' | 'raw';
}

/** What a span may say about an error. */
export interface ErrorDescription {
  /** The class of the error, fit for `error.type`. */
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string;
}

const FRAME = /^\s+at /;

/** Describes an error without the data that its message may carry. */
export function describeError(error: unknown, options: DescribeErrorOptions = {}): ErrorDescription {
  const type = error instanceof Error ? error.name : typeof error;
  const message = options.messages === 'raw' ? rawMessage(error) : type;
  if (!(error instanceof Error) || error.stack === undefined) return { type, message };
  const frames = error.stack.split('\n').filter((line) => FRAME.test(line));
  const stacktrace = options.messages === 'raw' ? error.stack : [`${type}: ${message}`, ...frames].join('\n');
  return { type, message, stacktrace };
}

function rawMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

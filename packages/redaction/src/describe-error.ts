import { cleanEngineMessage, type EngineMessage, type MessageOptions } from './engine-message.ts';
import { cleanUrls, headWithUrls, redactUrl } from './redact-url.ts';
import { type SqlDialect, standardSql } from './sql-dialect.ts';
import { createPlaceholders } from './text-options.ts';
import { cutText, truncateText } from './truncate-text.ts';

/** Options for describing an error. */
export interface DescribeErrorOptions {
  /** Dialect of the engine that may have thrown the error; default none, which drops the messages of engines. */
  readonly dialect?: SqlDialect;
  /**
   * `redact`, the default, keeps a message only if its template is known, without the values in it; otherwise the message
   * is the class of the error. `keep` leaves the whole message and stack, with whatever data they hold.
   */
  readonly messages?: 'redact' | 'keep' | undefined;
  /** Bytes that the message and the stack may have, each, the mark of a cut included; default 0, no limit. */
  readonly maxBytes?: number;
  /**
   * Names that the query writes. A message may call a literal or a pivoted column a name, so a name stays in it only if it is one
   * of these, or if the message points to where the query has it; default none.
   */
  readonly identifiers?: Iterable<string>;
}

/** The parts of an error that a span may show. */
export interface ErrorDescription {
  /** The class of the error, fit for `error.type`: `ConversionError`, `ENOENT`, `AbortError`. */
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string;
}

const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/**
 * Describes an error without the data that its message may carry. Does not change the error.
 * @param error Whatever was thrown.
 * @param options Which messages are known, which are kept, and how much of them.
 */
export function describeError(error: unknown, options: DescribeErrorOptions = {}): ErrorDescription {
  const { messages, maxBytes = 0, dialect = standardSql, identifiers } = options;
  if (!(error instanceof Error)) {
    const type = error === null ? 'null' : typeof error;
    return { type, message: messages === 'keep' ? truncateText(String(error), maxBytes) : type };
  }
  const { type, message, firstLine } = cleanMessage(error, { dialect, maxBytes, identifiers });
  if (messages === 'keep') {
    const stacktrace = error.stack === undefined ? {} : { stacktrace: truncateText(String(error.stack), maxBytes) };
    return { type, message: truncateText(String(error.message), maxBytes), ...stacktrace };
  }
  const stacktrace = redactStack(error, firstLine);
  return { type, message, ...(stacktrace === undefined ? {} : { stacktrace: truncateText(stacktrace, maxBytes) }) };
}

interface CleanMessage {
  readonly type: string;
  readonly message: string;
  readonly firstLine: string;
}

function cleanMessage(error: Error, options: MessageOptions): CleanMessage {
  const text = String(error.message);
  const type = classOf(error);
  const { maxBytes } = options;
  const own = cleanOwnMessage(text, options);
  if (own !== undefined) return { type, message: own, firstLine: `${type}: ${own}` };
  const cleaned = cleanEngineMessage(text, options) ?? cleanSystemError(error, maxBytes) ?? { message: type };
  const message = truncateText(cleaned.message, maxBytes, text);
  return { type: cleaned.type ?? type, message, firstLine: message };
}

function classOf(error: Error): string {
  const { name, code } = error as Error & { code?: unknown };
  const isCode = typeof code === 'string' && CODE.test(code);
  if (name === 'Error' && isCode) return code;
  return CLASS_NAME.test(name) ? name : 'Error';
}

/** An error of the operating system: the call, the path, and the reason. */
function cleanSystemError(error: Error, maxBytes: number): EngineMessage | undefined {
  const { code, syscall, path } = error as Error & { code?: unknown; syscall?: unknown; path?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  if (!CODE.test(code) || !/^[a-z]{1,20}$/.test(syscall)) return undefined;
  return {
    type: code,
    message: `${code}: ${syscall}${typeof path === 'string' ? ` ${redactUrl(path, { maxBytes })}` : ''}`,
  };
}

const OWN = /^\[planscope\/[a-z-]{1,40}\] /;
// No class has a longer word; without a bound, matching a long run of letters would take quadratic time.
const ENGINE_MESSAGE = /[A-Z][A-Za-z]{0,31}(?: [A-Za-z]{1,31}){0,3} Error: /;
const QUOTED = /"[^"]*"?|'[^']*'?|`[^`]*`?/g;
const PLAIN = /^(["'`])[\p{L}_][\w$./-]{0,127}\1$/u;

/**
 * Cleans a message that Planscope itself wrote: names in quotes and URLs without credentials stay, other quoted values do
 * not, and the message of an engine within it is cleaned as one.
 */
function cleanOwnMessage(message: string, options: MessageOptions): string | undefined {
  const { maxBytes } = options;
  if (!OWN.test(message)) return undefined;
  const head = headWithUrls(message, maxBytes);
  const engine = ENGINE_MESSAGE.exec(head);
  const isCut = engine === null && head.length < message.length;
  const { replace } = createPlaceholders();
  const own = cleanUrls(head.slice(0, engine?.index), isCut).replace(QUOTED, (quoted) =>
    PLAIN.test(quoted) ? quoted : replace(quoted),
  );
  if (isCut) return cutText(own, maxBytes, message);
  const rest = engine === null ? '' : (cleanEngineMessage(message.slice(engine.index), options)?.message ?? 'Error');
  return truncateText(own + rest, maxBytes, message);
}

// A frame as V8 prints it: a function, a file, a line and a column; a line of a message does not get through as one.
const FRAME = /^ {4}at (?:[\w$.<>[\] #*/]{1,200} )?\(?(?:[^\s()]{1,400}:\d{1,7}:\d{1,7}|<anonymous>|native)\)?$/;

const MAX_FRAMES = 50;

/**
 * The frames of an error's stack under a cleaned first line; undefined when the error's message is not where the stack
 * should have it, because then its lines cannot be told from frames.
 */
function redactStack(error: Error, firstLine: string): string | undefined {
  const { stack, message } = error;
  if (typeof stack !== 'string') return undefined;
  const start = stack.indexOf(message);
  if (start < 0) return undefined;
  const frames = stack
    .slice(start + message.length)
    .split('\n', MAX_FRAMES + 1)
    .filter((line) => FRAME.test(line));
  return [firstLine, ...frames].join('\n');
}

import { cleanEngineMessage, type EngineMessage, type MessageOptions } from './engine-message.ts';
import { cleanOwnMessage } from './own-message.ts';
import { redactStack } from './redact-stack.ts';
import { redactUrl } from './redact-url.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { standardSql } from './standard-sql.ts';
import { truncateText } from './truncate-text.ts';

/** How an error is described. */
export interface DescribeErrorOptions {
  /** Of the engine whose error it may be; default none, and then the messages of engines are not kept. */
  readonly dialect?: SqlDialect;
  /**
   * `known-templates`, the default, keeps a message only where its template is known, with its values taken out; else the
   * class of the error stands for it. `raw` lets the whole message and stack through, whatever data they hold.
   */
  readonly messages?: 'known-templates' | 'raw';
  /** Bytes that the message and the stack may have, each, the mark of a cut included; default 0, no limit. */
  readonly maxBytes?: number;
  /**
   * Names that the query writes. A message may call a literal or a pivoted column a name, so a name stays in it only if it is one
   * of these, or if the message points to where the query has it; default none.
   */
  readonly identifiers?: Iterable<string>;
}

/** What a span may say about an error. */
export interface ErrorDescription {
  /** The class of the error, fit for `error.type`: `ConversionError`, `ENOENT`, `AbortError`. */
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string;
}

const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/**
 * Describes an error without the data that its message may carry; the error itself stays as it is.
 * @param error Whatever was thrown.
 * @param options Whose messages are known, which are let through, and how much of them.
 */
export function describeError(error: unknown, options: DescribeErrorOptions = {}): ErrorDescription {
  const { messages, maxBytes = 0, dialect = standardSql, identifiers } = options;
  if (!(error instanceof Error)) {
    const type = error === null ? 'null' : typeof error;
    return { type, message: messages === 'raw' ? truncateText(String(error), maxBytes) : type };
  }
  const { type, message, firstLine } = cleanMessage(error, { dialect, maxBytes, identifiers });
  if (messages === 'raw') {
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

/** An error of the operating system: what was called, on which path, and why it failed. */
function cleanSystemError(error: Error, maxBytes: number): EngineMessage | undefined {
  const { code, syscall, path } = error as Error & { code?: unknown; syscall?: unknown; path?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  if (!CODE.test(code) || !/^[a-z]{1,20}$/.test(syscall)) return undefined;
  return {
    type: code,
    message: `${code}: ${syscall}${typeof path === 'string' ? ` ${redactUrl(path, { maxBytes })}` : ''}`,
  };
}

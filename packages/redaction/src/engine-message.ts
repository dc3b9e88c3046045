import { type ErrorTemplate, errorTemplate, matchTemplate } from './error-template.ts';
import { knownNames } from './mark-unknown-names.ts';
import { createPlaceholders } from './placeholders.ts';
import { headLookedAt } from './read-text.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** An engine's message without values. */
export interface EngineMessage {
  /** The class of the error as one word, `ConversionError`; absent where the engine's messages name none. */
  readonly type?: string;
  readonly message: string;
}

/** How a message is cleaned. */
export interface MessageOptions {
  /** Of the engine whose message it may be. */
  readonly dialect: SqlDialect;
  /** Bytes that are wanted of it, about; 0 for all. */
  readonly maxBytes: number;
  /** Names that the query writes. */
  readonly identifiers: Iterable<string> | undefined;
}

const HEAD = /^([A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}) Error: /;

/** The messages of a dialect, its templates read. */
interface Messages {
  readonly classes: ReadonlySet<string>;
  readonly prefixes: readonly string[];
  readonly wrappings: readonly string[];
  readonly templates: readonly ErrorTemplate[];
}

const MESSAGES = new WeakMap<SqlDialect, Messages>();

/**
 * Reads the templates of a dialect, once.
 * @throws TypeError For a slot that there is none of.
 */
export function messagesOf(dialect: SqlDialect): Messages {
  const known = MESSAGES.get(dialect);
  if (known !== undefined) return known;
  const { classes = [], prefixes = [], wrappings = [], templates = [] } = dialect.errors ?? {};
  const messages = { classes: new Set(classes), prefixes, wrappings, templates: templates.map(errorTemplate) };
  MESSAGES.set(dialect, messages);
  return messages;
}

/**
 * Cleans a message of an engine; undefined when it does not begin as the messages of the dialect do.
 */
export function cleanEngineMessage(text: string, options: MessageOptions): EngineMessage | undefined {
  const { dialect, maxBytes } = options;
  const { classes, prefixes, wrappings } = messagesOf(dialect);
  const message = text.slice(prefixes.find((words) => text.startsWith(words))?.length ?? 0);
  if (classes.size === 0) {
    const cleaned = cleanBody(headLookedAt(message, maxBytes), options);
    return cleaned === undefined ? undefined : { message: cleaned };
  }
  const [head = '', name = ''] = HEAD.exec(message.slice(0, 80)) ?? [];
  if (!classes.has(name)) return undefined;
  const wrapping = wrappings.find((words) => message.startsWith(words, head.length)) ?? '';
  const body = headLookedAt(message.slice(head.length + wrapping.length), maxBytes);
  const cleaned = cleanBody(body, options);
  return {
    type: `${name.replaceAll(' ', '')}Error`,
    message: cleaned === undefined ? `${name} Error` : `${name} Error: ${wrapping}${cleaned}`,
  };
}

function cleanBody(body: string, { dialect, maxBytes, identifiers }: MessageOptions): string | undefined {
  const isWritten = knownNames(identifiers);
  for (const template of messagesOf(dialect).templates) {
    const { replace } = createPlaceholders();
    const cleaned = matchTemplate(template, body, { dialect, replace, maxBytes, message: body, isWritten });
    if (cleaned !== undefined) return cleaned.trimEnd().replace(/[:(]$/, '').trimEnd();
  }
  return undefined;
}

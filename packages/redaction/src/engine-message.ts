import { type ErrorTemplate, errorTemplate, matchTemplate } from './error-template.ts';
import { createPlaceholders } from './placeholders.ts';
import { headLookedAt } from './read-text.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** An engine's message without values. */
export interface EngineMessage {
  /** The class of the error as one word, `ConversionError`; absent where the engine's messages name none. */
  readonly type?: string;
  readonly message: string;
}

const HEAD = /^([A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}) Error: /;

/** The messages of a dialect, its templates read. */
interface Messages {
  readonly classes: ReadonlySet<string>;
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
  const { classes = [], wrappings = [], templates = [] } = dialect.errors ?? {};
  const messages = { classes: new Set(classes), wrappings, templates: templates.map(errorTemplate) };
  MESSAGES.set(dialect, messages);
  return messages;
}

/**
 * Cleans a message of an engine; undefined when it does not begin as the messages of the dialect do.
 * @param maxBytes Bytes that are wanted of it, about; 0 for all.
 */
export function cleanEngineMessage(message: string, dialect: SqlDialect, maxBytes = 0): EngineMessage | undefined {
  const { classes, wrappings } = messagesOf(dialect);
  if (classes.size === 0) {
    const cleaned = cleanBody(headLookedAt(message, maxBytes), dialect, maxBytes);
    return cleaned === undefined ? undefined : { message: cleaned };
  }
  const [head = '', name = ''] = HEAD.exec(message.slice(0, 80)) ?? [];
  if (!classes.has(name)) return undefined;
  const wrapping = wrappings.find((text) => message.startsWith(text, head.length)) ?? '';
  const body = headLookedAt(message.slice(head.length + wrapping.length), maxBytes);
  const cleaned = cleanBody(body, dialect, maxBytes);
  return {
    type: `${name.replaceAll(' ', '')}Error`,
    message: cleaned === undefined ? `${name} Error` : `${name} Error: ${wrapping}${cleaned}`,
  };
}

function cleanBody(body: string, dialect: SqlDialect, maxBytes: number): string | undefined {
  for (const template of messagesOf(dialect).templates) {
    const { replace } = createPlaceholders();
    const cleaned = matchTemplate(template, body, { dialect, replace, maxBytes, message: body });
    if (cleaned !== undefined) return cleaned.trimEnd().replace(/[:(]$/, '').trimEnd();
  }
  return undefined;
}

import { type KnownName, knownNames } from './mark-unknown-names.ts';
import { QuoteWatch } from './quote-watch.ts';
import { headLookedAt } from './read-text.ts';
import { redactPlan } from './redact-sql.ts';
import { redactUrl } from './redact-url.ts';
import { TokenCursor } from './scan-tokens.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { createPlaceholders } from './text-options.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** An engine's message without values. */
export interface EngineMessage {
  /** The class of the error as one word, `ConversionError`; absent if the engine's messages name none. */
  readonly type?: string;
  readonly message: string;
}

/** How a message is cleaned. */
export interface MessageOptions {
  /** Dialect of the engine that may have written the message. */
  readonly dialect: SqlDialect;
  /** Approximate number of bytes to keep; 0 for all. */
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
 * @throws TypeError For an unknown kind of slot.
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
 * Cleans a message of an engine; undefined if it does not begin like a message of the dialect.
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

/** A message whose variable parts are known: literal pieces, with a slot between each two. */
interface ErrorTemplate {
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
}

type Slot = 'value' | 'name' | 'pointed' | 'written' | 'stored' | 'type' | 'number' | 'keyword' | 'path' | 'expression';

/** How slots are cleaned. */
interface SlotOptions {
  readonly dialect: SqlDialect;
  readonly replace: (literal: string) => string;
  /** Number of bytes to keep of a slot; 0 for all. */
  readonly maxBytes: number;
  /** All of the message. */
  readonly message: string;
  /** Tells which names the query writes. */
  readonly isWritten: KnownName;
}

const PLAIN_NAME = /^"?[\p{L}_][\p{L}\p{N}_$.]{0,127}"?$/u;

/** What each kind of slot lets through; everything else is replaced. */
const SLOTS: Readonly<Record<Slot, (text: string, options: SlotOptions) => string>> = {
  value: (text, { replace }) => replace(text),
  // A name that the query may write, or data: a literal (`CALL pragma_table_info('…')`), or a pivoted column.
  name: (text, options) =>
    PLAIN_NAME.test(text) && (isPointedAt(text, options.message) === true || areWritten(text, options))
      ? text
      : options.replace(text),
  // The same, but refused if the message points to something else.
  written: (text, options) =>
    PLAIN_NAME.test(text) && (isPointedAt(text, options.message) ?? areWritten(text, options))
      ? text
      : options.replace(text),
  // The same, where a literal is likely: it stays only where the message points to it.
  pointed: (text, { replace, message }) => (PLAIN_NAME.test(text) && isPointedAt(text, message) ? text : replace(text)),
  // The name of a column or a table, which is in the catalog.
  stored: (text, { replace }) => (PLAIN_NAME.test(text) ? text : replace(text)),
  type: (text, { replace, dialect }) => (isType(text, vocabularyOf(dialect)) ? text : replace(text)),
  number: (text, { replace }) => (/^\d{1,12}$/.test(text) ? text : replace(text)),
  keyword: (text, { replace, dialect }) =>
    vocabularyOf(dialect).keywords.has(text.toLowerCase()) ? text : replace(text),
  path: (text, { replace }) => (/^[\w.+=@:*-]*\/[^\s'"?#;,]{0,1024}$/.test(text) ? redactUrl(text) : replace(text)),
  expression: (text, { replace, maxBytes, dialect }) =>
    redactPlan(text, { dialect, placeholders: { replace, reserve: () => {} }, maxBytes }),
};

/** Reads a template such as `Could not convert string {value} to {type}`. */
function errorTemplate(text: string): ErrorTemplate {
  const parts = text.split(/\{(\w+)\}/);
  const slots = parts.filter((_part, index) => index % 2 === 1);
  const unknown = slots.find((slot) => !Object.hasOwn(SLOTS, slot));
  if (unknown !== undefined) {
    const known = Object.keys(SLOTS).join(', ');
    throw new TypeError(`[planscope/redaction] unknown slot {${unknown}} in an error template; use one of ${known}`);
  }
  return { pieces: parts.filter((_part, index) => index % 2 === 0), slots: slots as Slot[] };
}

/**
 * Matches a message against a template and returns it with the slots cleaned, or undefined if it does not match. A slot
 * ends where the next literal piece first occurs; what follows the last piece is dropped.
 */
function matchTemplate(template: ErrorTemplate, message: string, options: SlotOptions): string | undefined {
  const [head = '', ...tail] = template.pieces;
  if (!message.startsWith(head)) return undefined;
  let cleaned = head;
  let position = head.length;
  for (const [index, piece] of tail.entries()) {
    const end = piece === '' ? lastSlotEnd(message, position) : message.indexOf(piece, position);
    if (end < 0) return undefined;
    const clean = SLOTS[template.slots[index] ?? 'value'];
    cleaned += clean(message.slice(position, end), options) + piece;
    position = end + piece.length;
  }
  return cleaned;
}

/** Whether a message points to a name in the query; undefined where it points nowhere. */
function isPointedAt(name: string, message: string): boolean | undefined {
  const names = pointedNames(message);
  return names && parts(name).every((part) => names.has(part));
}

/** Whether the query is known to write a name. */
function areWritten(name: string, { isWritten }: SlotOptions): boolean {
  return parts(name).every(isWritten);
}

function parts(name: string): string[] {
  return unquoted(name).split('.');
}

/** The last slot of a template takes the rest of its line, so that the whole rest is cleaned as one. */
function lastSlotEnd(message: string, start: number): number {
  const end = message.indexOf('\n', start);
  return end < 0 ? message.length : end;
}

function isType(text: string, { types }: Vocabulary): boolean {
  if (text.length > 64) return false;
  const words = text.replace(/(?:\(\d{1,2}(?:,\s?\d{1,2})?\)|\[\d{0,5}\])/g, '').split(' ');
  const isPart = (word: string): boolean =>
    types.has(word.toLowerCase()) || /^(?:WITH|WITHOUT|ZONE|STRING_LITERAL|INTEGER_LITERAL)$/.test(word);
  return words.every(isPart);
}

/** A line of the query, with a mark below where the error is: `LINE 1: SELECT a\n               ^`. */
const EXCERPT = /\n(LINE \d{1,9}: )([^\n]{0,1000})\n( {0,1000})\^/;

/** The names at the place that a message points to; undefined if it points nowhere. */
type PointedNames = ReadonlySet<string> | undefined;

/**
 * The names in the query at the place that an error message points to, in lower case. Any other name in a message
 * may come from a literal: `query_table('…')`, `from_json(x, '…')`, a value bound to a parameter.
 */
function pointedNames(message: string): PointedNames {
  const [, head = '', line = '', indent = ''] = EXCERPT.exec(message) ?? [];
  if (head === '') return message.includes('\nLINE ') ? new Set() : undefined;
  // The head of a long line is left out, perhaps with an opening quote in it, so only the text at the place itself is read.
  const skipped = line.startsWith('...') ? indent.length - head.length : 0;
  const place = indent.length - head.length - skipped;
  const cursor = new TokenCursor(line.slice(skipped));
  const quotes = new QuoteWatch('quotation');
  const names = new Set<string>();
  for (let isName = false; cursor.next(); ) {
    const { kind, start, end } = cursor;
    quotes.see(cursor, 0, false);
    if (start < place) continue;
    if (quotes.isBroken || (start > place && names.size === 0)) break;
    isName = !isName;
    const text = cursor.text.slice(start, end);
    if (isName ? kind !== 'word' && kind !== 'quoted-identifier' : text !== '.') break;
    if (isName) names.add(unquoted(text));
  }
  return names;
}

/** A name in the form that is compared: without its quotes, in lower case. */
function unquoted(name: string): string {
  return (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name).toLowerCase();
}

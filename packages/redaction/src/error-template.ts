import { pointedNames, unquoted } from './error-excerpt.ts';
import type { KnownName } from './mark-unknown-names.ts';
import { redactPlan } from './redact-plan.ts';
import { redactUrl } from './redact-url.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A message whose variable parts are known: literal pieces, with a slot between each two. */
export interface ErrorTemplate {
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
}

type Slot = 'value' | 'name' | 'pointed' | 'written' | 'stored' | 'type' | 'number' | 'keyword' | 'path' | 'expression';

/** How slots are cleaned. */
export interface SlotOptions {
  readonly dialect: SqlDialect;
  readonly replace: (literal: string) => string;
  /** Bytes that are wanted of a slot; 0 for all. */
  readonly maxBytes: number;
  /** All of the message. */
  readonly message: string;
  /** Tells which names the query writes. */
  readonly isWritten: KnownName;
}

const PLAIN_NAME = /^"?[\p{L}_][\p{L}\p{N}_$.]{0,127}"?$/u;

/** What each kind of slot lets through; what does not look like it is replaced. */
const SLOTS: Readonly<Record<Slot, (text: string, options: SlotOptions) => string>> = {
  value: (text, { replace }) => replace(text),
  // A name that the query may write, or data: a literal (`CALL pragma_table_info('…')`), or a pivoted column.
  name: (text, options) =>
    PLAIN_NAME.test(text) && (isPointedAt(text, options.message) === true || areWritten(text, options))
      ? text
      : options.replace(text),
  // The same, but if the message points to something else, it is none that the query writes.
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
export function errorTemplate(text: string): ErrorTemplate {
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
 * Reads a message by a template and gives it back with the slots cleaned, or undefined when it has another shape. A slot
 * ends where the next literal piece first stands; what follows the last piece is dropped.
 */
export function matchTemplate(template: ErrorTemplate, message: string, options: SlotOptions): string | undefined {
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

/** The slot that ends a template takes the rest of its line, so that no part of it is taken for something else. */
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

import { createPlaceholders, type RedactTextOptions } from './text-options.ts';
import { createTextRedactor, type TextRedactorOptions } from './text-redactor.ts';
import { truncateText } from './truncate-text.ts';

/** What a text is. */
export type KindOfText =
  | 'code'
  | 'identifier'
  | 'name_of_data'
  | 'expression'
  | 'sql'
  | 'plan'
  | 'path'
  | 'url'
  | 'message'
  | 'data';

/** The switches of a {@link TextsByKind}. */
export interface TextsByKindOptions extends TextRedactorOptions {
  /** `keep` lets values and rows through; default `redact`. */
  readonly data?: 'redact' | 'keep';
}

/** Cleans texts by their declared kind, never by their appearance. */
export interface TextsByKind {
  text(kind: KindOfText, text: string, options?: RedactTextOptions): string;
  /** A list of texts of one kind. An engine may have broken an entry of a plan at a line feed, so those are read as one. */
  list(kind: KindOfText, texts: readonly string[], options?: RedactTextOptions): string[];
}

type Clean = (text: string, options: RedactTextOptions) => string;

/** Kinds that the redaction of plans cleans. */
const PLANS: ReadonlySet<KindOfText> = new Set(['identifier', 'name_of_data', 'expression', 'plan']);

const STARTS_AS_URL = /^[a-z][a-z0-9+.-]{1,15}:\/\//i;

/**
 * Makes the redaction of texts by kind.
 * @param options Which kinds are kept; by default none that holds data.
 */
export function createTextsByKind(options: TextsByKindOptions = {}): TextsByKind {
  const redactor = createTextRedactor(options);
  const cut: Clean = (text, { maxBytes = options.maxBytes ?? 0 }) => truncateText(text, maxBytes);
  const clean: Readonly<Record<KindOfText, Clean>> = {
    code: cut,
    identifier: redactor.plan,
    name_of_data: (text, more) => redactor.plan(text, namesOfData(more)),
    expression: redactor.plan,
    sql: redactor.sql,
    plan: redactor.plan,
    path: (text) => (isOneUrl(text) ? redactor.url(text) : redactor.urls(text)),
    url: redactor.url,
    message: (text, { identifiers }) =>
      redactor.error(new Error(text), identifiers === undefined ? {} : { identifiers }).message,
    data: options.data === 'keep' ? cut : hide,
  };
  return {
    text: (kind, text, more = {}) => clean[kind](text, more),
    list: (kind, texts, more = {}) => {
      if (PLANS.has(kind)) return redactor.planEntries(texts, kind === 'name_of_data' ? namesOfData(more) : more);
      const shared = { placeholders: createPlaceholders(), ...more };
      return texts.map((text) => clean[kind](text, shared));
    },
  };
}

/** Without a list of known names, any name may be data. */
function namesOfData(options: RedactTextOptions): RedactTextOptions {
  return { ...options, identifiers: options.identifiers ?? [] };
}

function isOneUrl(text: string): boolean {
  return STARTS_AS_URL.test(text) && text.indexOf('://') === text.lastIndexOf('://');
}

const hide: Clean = (text, { placeholders = createPlaceholders() }) => placeholders.replace(text);

/** The registry entry for the text of an attribute. */
export interface AttributeText {
  readonly text: KindOfText;
  /** The text compares columns with columns; see {@link RedactTextOptions}. */
  readonly comparesColumns?: boolean | undefined;
}

/** Prepares the texts of attributes for a span: cleans each by the kind that a registry gives its key, then cuts it. */
export interface AttributeTexts {
  text(key: string, text: string, options?: RedactTextOptions): string;
  /** The texts and lists of texts among some attributes; values of other types stay. */
  attributes<Value>(attributes: Readonly<Record<string, Value>>, options?: RedactTextOptions): Record<string, Value>;
}

/** Texts of unregistered keys may hold any data. */
const UNREGISTERED: AttributeText = { text: 'data' };

/**
 * Makes the redaction of attributes.
 * @param find Returns the registry entry of a key; a text without an entry counts as data.
 * @param options Which kinds are kept; by default none that holds data.
 */
export function createAttributeTexts(
  find: (key: string) => AttributeText | undefined,
  options: TextsByKindOptions = {},
): AttributeTexts {
  const texts = createTextsByKind(options);
  const cleaned = (key: string, value: unknown, more: RedactTextOptions | undefined): unknown => {
    if (typeof value !== 'string' && !isTextList(value)) return value;
    const { text: kind, comparesColumns = false } = find(key) ?? UNREGISTERED;
    const rules = { ...more, comparesColumns };
    return typeof value === 'string' ? texts.text(kind, value, rules) : texts.list(kind, value, rules);
  };
  return {
    text: (key, text, more) => cleaned(key, text, more) as string,
    attributes: <Value>(attributes: Readonly<Record<string, Value>>, more?: RedactTextOptions) =>
      Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, cleaned(key, value, more) as Value])),
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.some((entry) => typeof entry === 'string');
}

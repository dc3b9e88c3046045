import type { RedactTextOptions } from './text-options.ts';
import { createTextsByKind, type KindOfText, type TextsByKindOptions } from './texts-by-kind.ts';

/** What a registry says of the text of an attribute. */
export interface AttributeText {
  readonly text: KindOfText;
  /** The text compares columns with columns; see {@link RedactTextOptions}. */
  readonly comparesColumns?: boolean | undefined;
}

/** Makes the texts of attributes fit for a span: each cleaned by the kind that a registry gives its key, then cut. */
export interface AttributeTexts {
  text(key: string, text: string, options?: RedactTextOptions): string;
  /** The texts and lists of texts among some attributes; values of other types stay. */
  attributes<Value>(attributes: Readonly<Record<string, Value>>, options?: RedactTextOptions): Record<string, Value>;
}

/** What no registry names may be anything. */
const UNREGISTERED: AttributeText = { text: 'data' };

/**
 * Makes the redaction of attributes.
 * @param find What a registry says of a key; a text of which it says nothing counts as data.
 * @param options Which kinds are let through; by default none that holds data is.
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

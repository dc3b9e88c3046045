import type { Attributes } from '@opentelemetry/api';
import { createTextsByKind } from '@planscope/redaction';
import { type SemanticSchema, sharedSchema, textAttributes, UNREGISTERED_TEXT } from '@planscope/semconv';

/** What the texts of storage spans are held to. */
export interface StorageTextOptions {
  /** Of one text, in UTF-8; 0 sets no limit. */
  readonly maxBytes: number;
  /** Of stores that set attributes of their own; the shared one is always looked at. */
  readonly schemas?: readonly SemanticSchema[] | undefined;
}

/** Makes the texts among some attributes fit for a span. */
export type StorageTexts = (attributes: Attributes) => Attributes;

/** The redaction of storage spans: each text by the kind that the registries give its attribute, then cut. */
export function storageTexts({ maxBytes, schemas = [] }: StorageTextOptions): StorageTexts {
  const definitionOf = textAttributes([sharedSchema, ...schemas]);
  const texts = createTextsByKind({ maxBytes });
  const cleaned = (key: string, value: Attributes[string]): Attributes[string] => {
    if (typeof value !== 'string' && !isTextList(value)) return value;
    const kind = definitionOf(key)?.text ?? UNREGISTERED_TEXT;
    return typeof value === 'string' ? texts.text(kind, value) : texts.list(kind, value);
  };
  return (attributes) =>
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, cleaned(key, value)]));
}

function isTextList(value: Attributes[string]): value is string[] {
  return Array.isArray(value) && value.some((entry) => typeof entry === 'string');
}

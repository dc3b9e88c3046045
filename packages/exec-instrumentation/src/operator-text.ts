import { createTextsByKind, type RedactTextOptions, type TextsByKindOptions } from '@planscope/redaction';
import { type SemanticSchema, sharedSchema, textAttributes, UNREGISTERED_TEXT } from '@planscope/semconv';

/** Makes the text of an attribute fit for a span: cleaned by the kind that the registries give it, then cut. */
export interface OperatorText {
  (key: string, text: string, options?: RedactTextOptions): string;
  (key: string, texts: readonly string[], options?: RedactTextOptions): string[];
}

/** @param schemas of engines; the shared one is always looked at */
export function operatorText(options: TextsByKindOptions, schemas: readonly SemanticSchema[]): OperatorText {
  const definitionOf = textAttributes([sharedSchema, ...schemas]);
  const texts = createTextsByKind(options);
  return ((key: string, value: string | readonly string[], more: RedactTextOptions = {}) => {
    const { text: kind = UNREGISTERED_TEXT, comparesColumns = false } = definitionOf(key) ?? {};
    const rules = { ...more, comparesColumns };
    return typeof value === 'string' ? texts.text(kind, value, rules) : texts.list(kind, value, rules);
  }) as OperatorText;
}

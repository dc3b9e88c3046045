import { type DescribedNode, describeNode, fieldRenderer } from '@planscope/plan';
import {
  createPlaceholders,
  createTextsByKind,
  type RedactTextOptions,
  type TextsByKindOptions,
  truncateText,
} from '@planscope/redaction';
import { type SemanticSchema, sharedSchema, textAttributes, UNREGISTERED_TEXT } from '@planscope/semconv';

/** Makes the texts of operators fit for their spans: cleaned by their kind, then cut. */
export interface OperatorTexts {
  /** The text of an attribute; its kind is the one that the registries give it. */
  attribute(key: string, text: string, options?: RedactTextOptions): string;
  attribute(key: string, texts: readonly string[], options?: RedactTextOptions): string[];
  /** A node in one line; the kinds of its fields are the ones that the node gives them. */
  line(node: DescribedNode, options?: RedactTextOptions): string;
}

/** @param schemas of engines; the shared one is always looked at */
export function operatorTexts(options: TextsByKindOptions, schemas: readonly SemanticSchema[]): OperatorTexts {
  const definitionOf = textAttributes([sharedSchema, ...schemas]);
  const texts = createTextsByKind(options);
  const attribute = (key: string, value: string | readonly string[], more: RedactTextOptions = {}) => {
    const { text: kind = UNREGISTERED_TEXT, comparesColumns = false } = definitionOf(key) ?? {};
    const rules = { ...more, comparesColumns };
    return typeof value === 'string' ? texts.text(kind, value, rules) : texts.list(kind, value, rules);
  };
  const line: OperatorTexts['line'] = (node, more = { placeholders: createPlaceholders() }) => {
    const shown = describeNode(node, fieldRenderer(texts, more));
    return truncateText(shown, options.maxBytes ?? 0, describeNode(node));
  };
  return { attribute: attribute as OperatorTexts['attribute'], line };
}

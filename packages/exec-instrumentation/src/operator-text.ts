import { type DescribedNode, describeNode, fieldRenderer } from '@planscope/plan';
import {
  type AttributeTexts,
  createAttributeTexts,
  createPlaceholders,
  createTextsByKind,
  type RedactTextOptions,
  type TextsByKindOptions,
  truncateText,
} from '@planscope/redaction';
import { type SemanticSchema, sharedSchema, textAttributes } from '@planscope/semconv';

/** Makes the texts of operators fit for their spans: cleaned by their kind, then cut. */
export interface OperatorTexts extends AttributeTexts {
  /** A node in one line; the kinds of its fields are the ones that the node gives them. */
  line(node: DescribedNode, options?: RedactTextOptions): string;
}

/** @param schemas of engines; the shared one is always looked at */
export function operatorTexts(options: TextsByKindOptions, schemas: readonly SemanticSchema[]): OperatorTexts {
  const texts = createTextsByKind(options);
  const line: OperatorTexts['line'] = (node, more = { placeholders: createPlaceholders() }) => {
    const { maxBytes = 0 } = options;
    const shown = describeNode(node, fieldRenderer(texts, more));
    const isCut = truncateText(shown, maxBytes) !== shown;
    return isCut ? truncateText(shown, maxBytes, describeNode(node)) : shown;
  };
  return { ...createAttributeTexts(textAttributes([sharedSchema, ...schemas]), options), line };
}

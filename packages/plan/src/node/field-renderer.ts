import { nodeFieldDefinition, type TextKind } from '@planscope/semconv';
import type { FieldRenderer } from './describe-node.ts';

/** Cleans texts by what they are; `createTextsByKind` of `@planscope/redaction` makes one. */
export interface FieldTexts<Options extends object = object> {
  text(kind: TextKind, text: string, options?: Options & { readonly comparesColumns?: boolean }): string;
  list(kind: TextKind, texts: readonly string[], options?: Options & { readonly comparesColumns?: boolean }): string[];
}

/**
 * Shows the fields of nodes with their data taken out.
 *
 * @param options of all texts: their placeholders, the names that stay
 */
export function fieldRenderer<Options extends object>(texts: FieldTexts<Options>, options: Options): FieldRenderer {
  return ({ key, text, kind }) => {
    const comparesColumns = nodeFieldDefinition(key)?.comparesColumns ?? false;
    const rules = { ...options, comparesColumns };
    return typeof text === 'string' ? texts.text(kind, text, rules) : texts.list(kind, text, rules);
  };
}

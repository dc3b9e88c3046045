import type { TextKind } from '@planscope/semconv';
import type { NodeField } from '../node/node-field.ts';

/**
 * Takes the user's data out of a text, by the kind of the text.
 *
 * @param identifiers names that stay; where given, any other name counts as data
 */
export type TextRedactor = (field: NodeField, identifiers?: readonly string[]) => NodeField['text'];

/** A text that is no field of a node. */
export function redactText(redact: TextRedactor, kind: TextKind, text: string): string {
  return [redact({ key: kind, text, kind })].flat().join('\n');
}

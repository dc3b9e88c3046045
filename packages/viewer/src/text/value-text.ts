import { printableLine } from '@planscope/internal/printable-text';
import type { AttributeValue } from '@planscope/run-model';

/** A value of an attribute on one line. */
export function valueText(value: AttributeValue): string {
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value));
}

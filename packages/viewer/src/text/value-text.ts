import type { AttributeValue } from '@planscope/run-model';
import { printableLine } from './printable-text.ts';

/** A value of an attribute on one line. */
export function valueText(value: AttributeValue): string {
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value));
}

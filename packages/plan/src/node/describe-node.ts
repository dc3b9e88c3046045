import { FIELD_DETAIL } from '@planscope/semconv';
import type { NodeField } from './node-field.ts';

/** What of a node its line shows. */
export interface DescribedNode {
  readonly name: string;
  describe(): readonly NodeField[];
}

/** Makes the text of a field fit for where it is shown. */
export type FieldRenderer = (field: NodeField) => NodeField['text'];

/**
 * A node in one line: `HashJoinExec: join_type=INNER, join_keys=[a = b, c = d]`. Fields without text are left out, line
 * breaks become spaces.
 *
 * @param show default the text of the field as it is, literals included
 */
export function describeNode(node: DescribedNode, show: FieldRenderer = ({ text }) => text): string {
  const parts = node.describe().flatMap((field) => {
    const text = field.text.length === 0 ? '' : show(field);
    if (text.length === 0) return [];
    const value = typeof text === 'string' ? oneLine(text) : `[${text.map(oneLine).join(', ')}]`;
    return field.key === FIELD_DETAIL ? value : `${field.key}=${value}`;
  });
  return parts.length === 0 ? node.name : `${node.name}: ${parts.join(', ')}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ').trim();
}

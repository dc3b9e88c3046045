import { type Placeholders, redactPlan, truncateText } from '@planscope/preview/text';
import type { OperatorSpanOptions } from './instrumentation-options.ts';

export const DEFAULT_MAX_TEXT_BYTES = 16_384;

/** Makes a text of an operator fit for a span: literals out, then cut. */
export type OperatorText = (text: string, placeholders?: Placeholders) => string;

export function operatorText(options: OperatorSpanOptions): OperatorText {
  const maxBytes = options.maxTextBytes ?? DEFAULT_MAX_TEXT_BYTES;
  const keep = options.redaction?.planLiterals === 'keep';
  return (text, placeholders) => {
    const shown = keep ? text : redactPlan(text, placeholders === undefined ? {} : { placeholders });
    return truncateText(shown, maxBytes);
  };
}

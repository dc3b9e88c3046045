import { type Placeholders, redactPlan, truncateText } from '@planscope/preview/text';
import type { TextRedaction } from './instrumentation-options.ts';

/** Makes a text of an operator fit for a span: literals out, then cut. */
export type OperatorText = (text: string, placeholders?: Placeholders) => string;

export function operatorText(planLiterals: NonNullable<TextRedaction['planLiterals']>, maxBytes: number): OperatorText {
  return (text, placeholders) => {
    const shown = planLiterals === 'keep' ? text : redactPlan(text, placeholders === undefined ? {} : { placeholders });
    return truncateText(shown, maxBytes);
  };
}

import { type RedactTextOptions, redactPlan, truncateText } from '@planscope/preview/text';
import type { TextRedaction } from './instrumentation-options.ts';

/** Makes a text of an operator fit for a span: literals out, then cut. */
export type OperatorText = (text: string, options?: RedactTextOptions) => string;

export function operatorText(planLiterals: NonNullable<TextRedaction['planLiterals']>, maxBytes: number): OperatorText {
  return (text, options) => truncateText(planLiterals === 'keep' ? text : redactPlan(text, options), maxBytes);
}

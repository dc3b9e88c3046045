import { type RedactTextOptions, redactPlan, redactPlanEntries, redactUrls, truncateText } from '@planscope/redaction';
import type { TextRedaction } from './instrumentation-options.ts';

/** Makes the texts of an operator fit for a span: literals out, then cut. */
export interface OperatorText {
  (text: string, options?: RedactTextOptions): string;
  /** The entries of one list; an engine may have broken an entry at the line feeds of a literal. */
  entries(texts: readonly string[], options?: RedactTextOptions): string[];
  /** Paths and URLs of files, which stay but for credentials. */
  files(text: string): string;
}

export function operatorText(planLiterals: NonNullable<TextRedaction['planLiterals']>, maxBytes: number): OperatorText {
  const keep = planLiterals === 'keep';
  const one = (text: string, options?: RedactTextOptions): string =>
    keep ? truncateText(text, maxBytes) : redactPlan(text, { ...options, maxBytes });
  const entries = (texts: readonly string[], options?: RedactTextOptions): string[] =>
    keep ? texts.map((text) => truncateText(text, maxBytes)) : redactPlanEntries(texts, { ...options, maxBytes });
  const files = (text: string): string => redactUrls(text, { maxBytes });
  return Object.assign(one, { entries, files });
}

import { present } from '@planscope/internal/present';
import type { TrinoError } from './query-info.ts';
import { fieldsOf, textOf, wordOf } from './report-values.ts';

/** @param failure has the message */
export function readError(code: unknown, failure: unknown): TrinoError | undefined {
  const fields = fieldsOf(code);
  const name = wordOf('errorCode', fields?.name);
  if (name === undefined) return undefined;
  return { name, ...present({ type: wordOf('errorCode', fields?.type), message: textOf(fieldsOf(failure)?.message) }) };
}

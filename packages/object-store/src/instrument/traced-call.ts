import type { Attributes } from '@opentelemetry/api';
import type { CallOptions } from '../contract/call-options.ts';
import type { StorageSpan } from './storage-span.ts';

/**
 * Makes one call under its span, and ends the span with it. The result and the error are the call's own.
 *
 * @param recorded what the result says
 * @param recordedOnFailure what is known of a call that failed
 */
export async function tracedCall<Options extends CallOptions, Value>(
  span: StorageSpan,
  options: Options,
  call: (options: Options) => Promise<Value>,
  recorded: (value: Value) => Attributes = () => ({}),
  recordedOnFailure?: () => Attributes,
): Promise<Value> {
  let value: Value;
  try {
    value = await span.run(() => call(span.options(options)));
  } catch (error) {
    span.fail(error, recordedOnFailure);
    throw error;
  }
  span.end(() => recorded(value));
  return value;
}

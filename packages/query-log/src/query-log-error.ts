import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.query-log.error');

/** Stable codes of errors, for programs. */
export type QueryLogErrorCode = 'invalid-option' | 'unwritable';

/** The error for an option that a log cannot work with. */
export class QueryLogError extends Error {
  override readonly name: string = 'QueryLogError';
  readonly code: QueryLogErrorCode;

  /** @param text the message: the option, its value, and a valid one; the package name is prepended */
  constructor(code: QueryLogErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/query-log] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a QueryLogError from any copy of this package. */
  static isInstance(error: unknown): error is QueryLogError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.trino.error');

/** Stable codes of errors, for programs. */
export type TrinoClientErrorCode =
  | 'invalid-option'
  | 'invalid-parameter'
  | 'unreachable'
  | 'unauthorized'
  | 'unexpected-response'
  | 'foreign-address'
  | 'stateless-client'
  | 'unexpected-value'
  | 'result-consumed'
  | 'cancelled';

/** An error of the client. The failure of a query is a `TrinoQueryError` instead. */
export class TrinoClientError extends Error {
  override readonly name: string = 'TrinoClientError';
  readonly code: TrinoClientErrorCode;

  /**
   * @param text the message: what happened, with the field, its value and a valid one; the package name is prepended
   */
  constructor(code: TrinoClientErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/trino] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a TrinoClientError from any copy of this package. */
  static isInstance(error: unknown): error is TrinoClientError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.duckdb.error');

/** Stable codes of errors, for programs. */
export type DuckDBErrorCode =
  | 'invalid-option'
  | 'database-in-use'
  | 'open-failed'
  | 'session-closed'
  | 'syntax'
  | 'unsupported-statement'
  | 'empty-input'
  | 'invalid-plan'
  | 'invalid-parameter'
  | 'invalid-profile'
  | 'lost-stream'
  | 'extension-missing'
  | 'secret-refused';

/** An error of Planscope's DuckDB integration. Errors of DuckDB itself are passed on unaltered. */
export class DuckDBError extends Error {
  override readonly name: string = 'DuckDBError';
  readonly code: DuckDBErrorCode;

  /**
   * @param text the message: what happened, with the field, its value and a valid one; the package name is prepended
   */
  constructor(code: DuckDBErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/duckdb] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a DuckDBError from any copy of this package. */
  static isInstance(error: unknown): error is DuckDBError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.duckdb.error');

/** What went wrong, for programs. */
export type DuckDBErrorCode =
  | 'invalid-option'
  | 'database-in-use'
  | 'open-failed'
  | 'session-closed'
  | 'syntax'
  | 'unsupported-statement'
  | 'empty-input'
  | 'invalid-plan'
  | 'lost-stream';

/** An error of Planscope around DuckDB. What DuckDB itself throws is passed on unaltered. */
export class DuckDBError extends Error {
  override readonly name: string = 'DuckDBError';
  readonly code: DuckDBErrorCode;

  /**
   * @param code stable, for programs
   * @param text what happened, field, value, and what would be right; the package's name is put in front
   */
  constructor(code: DuckDBErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/duckdb] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a DuckDBError of any copy of this package. */
  static isInstance(error: unknown): error is DuckDBError {
    return marker.isOn(error);
  }
}

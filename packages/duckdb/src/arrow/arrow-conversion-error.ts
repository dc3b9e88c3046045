import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.duckdb.arrow-conversion-error');

/** Why a DuckDB column cannot be converted to an Arrow column; stable, for programs. */
export type ArrowConversionErrorCode = 'unsupported-type' | 'value-out-of-range' | 'batch-too-large';

/** The error for a column that cannot be converted without loss. */
export class ArrowConversionError extends Error {
  override readonly name: string = 'ArrowConversionError';
  readonly code: ArrowConversionErrorCode;
  /** Name of the result column. */
  readonly column: string;

  /**
   * @param column name of the result column
   * @param text what is wrong with the column, and what to do instead
   */
  constructor(code: ArrowConversionErrorCode, column: string, text: string) {
    super(`[planscope/duckdb] column ${JSON.stringify(column)} ${text}`);
    this.code = code;
    this.column = column;
    marker.set(this);
  }

  /** True for an ArrowConversionError from any copy of this package. */
  static isInstance(error: unknown): error is ArrowConversionError {
    return marker.isOn(error);
  }
}

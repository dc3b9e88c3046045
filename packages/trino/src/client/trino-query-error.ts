import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.trino.query-error');

/** What Trino says of a failed query. */
export interface TrinoFailure {
  readonly message: string;
  /** For example `TABLE_NOT_FOUND`. */
  readonly errorName: string;
  /** `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`. */
  readonly errorType: string;
  readonly errorCode: number;
  /** Where in the SQL, both from 1. */
  readonly errorLocation?: { readonly lineNumber: number; readonly columnNumber: number };
}

/** The failure of a query, with Trino's own message. */
export class TrinoQueryError extends Error {
  override readonly name: string = 'TrinoQueryError';
  readonly queryId: string;
  /** Trino's name of the error, for example `TABLE_NOT_FOUND`. */
  readonly errorName: string;
  /** `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`. */
  readonly errorType: string;
  /** Trino's number of the error. */
  readonly errorCode: number;
  /** Where in the SQL, both from 1. */
  readonly location: TrinoFailure['errorLocation'];

  constructor(queryId: string, { message, errorName, errorType, errorCode, errorLocation }: TrinoFailure) {
    super(message);
    this.queryId = queryId;
    this.errorName = errorName;
    this.errorType = errorType;
    this.errorCode = errorCode;
    this.location = errorLocation;
    marker.set(this);
  }

  /** True for a TrinoQueryError from any copy of this package. */
  static isInstance(error: unknown): error is TrinoQueryError {
    return marker.isOn(error);
  }
}

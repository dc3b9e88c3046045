import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.engine.SpecError');

/** Stable codes of {@link SpecError}. */
export type SpecErrorCode =
  | 'invalid-spec'
  | 'duplicate-name'
  | 'unknown-relation'
  | 'view-cycle'
  | 'invalid-sql'
  | 'invalid-parameter'
  | 'input-not-found'
  | 'unreadable-input'
  | 'unknown-format'
  | 'unknown-rule'
  | 'unused-definition'
  | 'not-permitted'
  | 'outside-roots'
  | 'direct-unavailable'
  | 'unsupported-table'
  | 'unsupported-by-engine';

/** The error for a specification that cannot run. It is thrown before any output is computed. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly code: SpecErrorCode;
  /** The invalid field, for example `views[1].sql`. */
  readonly field: string;

  constructor(code: SpecErrorCode, field: string, message: string, options?: ErrorOptions) {
    super(`[planscope/engine] ${field}: ${message}`, options);
    this.code = code;
    this.field = field;
    marker.set(this);
  }

  /** True for a SpecError from any copy of this package. */
  static isInstance(error: unknown): error is SpecError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.engine.SpecError');

/** Stable codes of what can be wrong with a specification. */
export type SpecErrorCode =
  | 'invalid-spec'
  | 'duplicate-name'
  | 'unknown-relation'
  | 'view-cycle'
  | 'invalid-sql'
  | 'input-not-found'
  | 'unreadable-input'
  | 'unknown-format'
  | 'unknown-rule'
  | 'unused-definition'
  | 'not-permitted'
  | 'outside-roots';

/** A specification that cannot be run; found before any of its work has started. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly code: SpecErrorCode;
  /** Where in the specification, for example `views[1].sql`. */
  readonly field: string;

  constructor(code: SpecErrorCode, field: string, message: string, options?: ErrorOptions) {
    super(`[planscope/engine] ${field}: ${message}`, options);
    this.code = code;
    this.field = field;
    marker.set(this);
  }

  /** Whether this is a SpecError, of whichever copy of the package. */
  static isInstance(error: unknown): error is SpecError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.engine.EngineError');

/** Stable codes of {@link EngineError}. */
export type EngineErrorCode =
  | 'engine-closed'
  | 'invalid-span'
  | 'delta-conflict'
  | 'invalid-option'
  | 'missing-package';

/** The error for a call that the engine cannot perform. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(`[planscope/engine] ${message}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for an EngineError from any copy of this package. */
  static isInstance(error: unknown): error is EngineError {
    return marker.isOn(error);
  }
}

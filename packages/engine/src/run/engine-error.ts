import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.engine.EngineError');

/** Stable codes of {@link EngineError}. */
export type EngineErrorCode = 'engine-closed' | 'invalid-span';

/** A call that the engine cannot serve. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(`[planscope/engine] ${message}`);
    this.code = code;
    marker.set(this);
  }

  /** Whether this is an EngineError, of whichever copy of the package. */
  static isInstance(error: unknown): error is EngineError {
    return marker.isOn(error);
  }
}

const marker = Symbol.for('planscope.engine.EngineError');

/** Stable codes of {@link EngineError}. */
export type EngineErrorCode = 'engine-closed' | 'invalid-span';

/** A call that the engine cannot serve. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(`[planscope/engine] ${message}`);
    this.code = code;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether this is an EngineError, of whichever copy of the package. */
  static isInstance(error: unknown): error is EngineError {
    return error instanceof Error && marker in error;
  }
}

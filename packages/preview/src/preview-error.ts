const MARKER = Symbol.for('planscope.preview.error');

/** A preview was asked for with options that cannot be met. */
export class PreviewError extends Error {
  readonly code = 'invalid-option' as const;

  constructor(message: string) {
    super(`[planscope/preview] ${message}`);
    this.name = 'PreviewError';
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Tells whether an error is a PreviewError, of whichever copy of this package. */
  static isInstance(error: unknown): error is PreviewError {
    return error instanceof Error && MARKER in error;
  }
}

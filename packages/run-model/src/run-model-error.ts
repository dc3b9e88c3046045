import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.run-model.error');

/** Stable codes of errors, for programs. */
export type RunModelErrorCode = 'invalid-otlp' | 'invalid-option';

/** The error for input that holds no runs, or for an invalid option. */
export class RunModelError extends Error {
  override readonly name: string = 'RunModelError';
  readonly code: RunModelErrorCode;

  /** @param text the message: what is wrong, the value, and a valid one; the package name is prepended */
  constructor(code: RunModelErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/run-model] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a RunModelError from any copy of this package. */
  static isInstance(error: unknown): error is RunModelError {
    return marker.isOn(error);
  }
}

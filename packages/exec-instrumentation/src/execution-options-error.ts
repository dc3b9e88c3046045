import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.exec-instrumentation.options-error');

/** An option of this package that is not what it should be. */
export class ExecutionOptionsError extends Error {
  override readonly name: string = 'ExecutionOptionsError';
  readonly code = 'invalid-option';

  /** @param right what the value should be */
  constructor(option: string, value: unknown, right: string) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    super(`[planscope/exec-instrumentation] option ${option} is ${shown}; should be ${right}`);
    marker.set(this);
  }

  /** True for an ExecutionOptionsError of any copy of this package. */
  static isInstance(error: unknown): error is ExecutionOptionsError {
    return marker.isOn(error);
  }
}

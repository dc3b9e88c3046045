import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.rule-instrumentation.options-error');

/** An option of this package that is not what it should be. */
export class PlanningOptionsError extends Error {
  override readonly name: string = 'PlanningOptionsError';
  readonly code = 'invalid-option';

  /** @param right what the value should be */
  constructor(option: string, value: unknown, right: string) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    super(`[planscope/rule-instrumentation] option ${option} is ${shown}; should be ${right}`);
    marker.set(this);
  }

  /** True for a PlanningOptionsError of any copy of this package. */
  static isInstance(error: unknown): error is PlanningOptionsError {
    return marker.isOn(error);
  }
}

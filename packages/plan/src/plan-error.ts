import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.plan.error');

/** What went wrong, for programs. */
export type PlanErrorCode =
  | 'invalid-session'
  | 'rule-order'
  | 'invalid-plan'
  | 'cyclic-rewrite'
  | 'invalid-report'
  | 'invalid-document';

/** An error of the contract itself: a session, plan or report that is not what it should be. */
export class PlanError extends Error {
  override readonly name: string = 'PlanError';
  readonly code: PlanErrorCode;

  /**
   * @param code stable, for programs
   * @param text what happened, where, and what would be right; the package's name is put in front
   */
  constructor(code: PlanErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/plan] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a PlanError of any copy of this package. */
  static isInstance(error: unknown): error is PlanError {
    return marker.isOn(error);
  }
}

import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.plan.error');

/** Stable codes of errors, for programs. */
export type PlanErrorCode =
  | 'invalid-session'
  | 'rule-order'
  | 'invalid-plan'
  | 'cyclic-rewrite'
  | 'invalid-report'
  | 'invalid-document';

/** The error for an invalid session, plan, report or document. */
export class PlanError extends Error {
  override readonly name: string = 'PlanError';
  readonly code: PlanErrorCode;

  /**
   * @param text the message: what happened, where, and a valid value; the package name is prepended
   */
  constructor(code: PlanErrorCode, text: string, options: { readonly cause?: unknown } = {}) {
    super(`[planscope/plan] ${text}`, options);
    this.code = code;
    marker.set(this);
  }

  /** True for a PlanError from any copy of this package. */
  static isInstance(error: unknown): error is PlanError {
    return marker.isOn(error);
  }
}

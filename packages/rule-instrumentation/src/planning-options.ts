import type { TracerProvider } from '@opentelemetry/api';
import { errorMarker } from '@planscope/internal/error-marker';
import type { PlanningPhase } from '@planscope/plan';
import { type SqlDialect, standardSql } from '@planscope/redaction';

/** How much of a phase is traced: nothing, the phase, or the phase and each of its rules. */
export type RuleMode = 'disabled' | 'phase-only' | 'full';

/** How texts are redacted; `keep` does not remove data. */
export interface PlanningRedaction {
  /** Literals in plans and diffs. Default: `redact`, which replaces them by placeholders. */
  readonly planLiterals?: 'redact' | 'keep';
  /** Messages of errors. Default: `redact`, which keeps known messages without their values. */
  readonly errorMessages?: 'redact' | 'keep';
}

/** How planning is traced. */
export interface PlanningTraceOptions {
  /** Mode of phases without a mode of their own, and of steps before planning. Default: `full`. */
  readonly mode?: RuleMode;
  /** Mode of `analyze_logical_plan`. */
  readonly analyzer?: RuleMode;
  /** Mode of `optimize_logical_plan`. */
  readonly optimizer?: RuleMode;
  /** Mode of `create_physical_plan` and `optimize_physical_plan`. */
  readonly physical?: RuleMode;
  /** Whether the span of a phase or rule that changed the plan has the diff. Default: true. */
  readonly planDiff?: boolean;
  /** Maximum size of a plan or diff on a span in bytes; 0 means no limit. Default: 16384. */
  readonly maxTextBytes?: number;
  readonly redaction?: PlanningRedaction;
  /** Vocabulary of the engine whose plans and errors are recorded. Default: standard SQL, which hides more. */
  readonly dialect?: SqlDialect;
  /** Name of the planner. Default: `spec` for live spans, the engine's name for reported ones. */
  readonly planner?: string;
  /**
   * Whether a phase or rule gets a span, if its mode allows one. Default: all. Without a span it still runs, and the
   * spans below it get the span above as their parent.
   */
  readonly isEnabled?: PlanningSpanPredicate;
  /** Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Returns whether a phase or a rule gets a span.
 *
 * @param name the phase, or the rule without its suffix
 */
export type PlanningSpanPredicate = (kind: 'phase' | 'rule', name: string) => boolean;

/** The options with defaults. */
export interface PlanningSettings {
  readonly modes: Readonly<Record<PlanningPhase, RuleMode>>;
  /** Whether steps before planning are drawn. */
  readonly queue: boolean;
  readonly planDiff: boolean;
  readonly maxTextBytes: number;
  readonly redaction: Required<PlanningRedaction>;
  readonly dialect: SqlDialect;
  readonly planner: string | undefined;
  readonly isEnabled: PlanningSpanPredicate;
}

const MODES: readonly RuleMode[] = ['disabled', 'phase-only', 'full'];
const DEFAULT_MAX_TEXT_BYTES = 16_384;
const everything: PlanningSpanPredicate = () => true;

/** @throws PlanningOptionsError */
export function planningSettings(options: PlanningTraceOptions): PlanningSettings {
  const { mode = 'full', planDiff = true, maxTextBytes = DEFAULT_MAX_TEXT_BYTES, redaction = {}, planner } = options;
  const { isEnabled = everything, dialect = standardSql } = options;
  const { analyzer = mode, optimizer = mode, physical = mode } = options;
  const { planLiterals = 'redact', errorMessages = 'redact' } = redaction;
  for (const [option, value] of Object.entries({ mode, analyzer, optimizer, physical })) oneOf(option, value, MODES);
  oneOf('planDiff', planDiff, [true, false]);
  oneOf('redaction.planLiterals', planLiterals, ['redact', 'keep']);
  oneOf('redaction.errorMessages', errorMessages, ['redact', 'keep']);
  if (!Number.isSafeInteger(maxTextBytes) || maxTextBytes < 0) {
    throw new PlanningOptionsError('maxTextBytes', maxTextBytes, 'a whole number of bytes from 0 up');
  }
  if (typeof isEnabled !== 'function') throw new PlanningOptionsError('isEnabled', isEnabled, 'a function');
  const modes = {
    analyze_logical_plan: analyzer,
    optimize_logical_plan: optimizer,
    create_physical_plan: physical,
    optimize_physical_plan: physical,
  };
  return {
    modes,
    queue: mode !== 'disabled',
    planDiff,
    maxTextBytes,
    redaction: { planLiterals, errorMessages },
    dialect,
    planner,
    isEnabled,
  };
}

function oneOf<T>(option: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  throw new PlanningOptionsError(option, value, `one of ${allowed.map((entry) => JSON.stringify(entry)).join(', ')}`);
}

const marker = errorMarker('planscope.rule-instrumentation.options-error');

/** The error for an invalid option of this package. */
export class PlanningOptionsError extends Error {
  override readonly name: string = 'PlanningOptionsError';
  readonly code = 'invalid-option';

  /** @param right description of a valid value */
  constructor(option: string, value: unknown, right: string) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    super(`[planscope/rule-instrumentation] option ${option} is ${shown}; should be ${right}`);
    marker.set(this);
  }

  /** True for a PlanningOptionsError from any copy of this package. */
  static isInstance(error: unknown): error is PlanningOptionsError {
    return marker.isOn(error);
  }
}

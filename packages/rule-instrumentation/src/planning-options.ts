import type { TracerProvider } from '@opentelemetry/api';
import { errorMarker } from '@planscope/internal/error-marker';
import type { PlanningPhase } from '@planscope/plan';
import { type SqlDialect, standardSql } from '@planscope/redaction';

/** How much of a phase is traced: nothing, the phase, or the phase and each of its rules. */
export type RuleMode = 'disabled' | 'phase-only' | 'full';

/** How texts reach a span; `keep` leaves the data in them. */
export interface PlanningRedaction {
  /** Literals in plans and diffs; default `redact`, which puts placeholders. */
  readonly planLiterals?: 'redact' | 'keep';
  /** Messages of errors; default `redact`, which keeps known messages without their values. */
  readonly errorMessages?: 'redact' | 'keep';
}

/** How planning is traced. */
export interface PlanningTraceOptions {
  /** For every phase that has no mode of its own, and for what came before planning; default `full`. */
  readonly mode?: RuleMode;
  /** For `analyze_logical_plan`. */
  readonly analyzer?: RuleMode;
  /** For `optimize_logical_plan`. */
  readonly optimizer?: RuleMode;
  /** For `create_physical_plan` and `optimize_physical_plan`. */
  readonly physical?: RuleMode;
  /** Whether a phase or rule that changed the plan carries the difference; default true. */
  readonly planDiff?: boolean;
  /** Most bytes of one plan or diff on a span; 0 for no limit, default 16384. */
  readonly maxTextBytes?: number;
  readonly redaction?: PlanningRedaction;
  /** The words of the engine whose plans and errors are recorded; default those of standard SQL, and then more is hidden. */
  readonly dialect?: SqlDialect;
  /** Whose planner it is; default `spec` for live spans, the engine's name for reported ones. */
  readonly planner?: string;
  /**
   * Whether a phase or rule gets a span, where its mode allows one; default all do. One without still runs, and what is
   * below it hangs under what is above it.
   */
  readonly isEnabled?: PlanningSpanPredicate;
  /** Default the global one. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Whether a phase or a rule gets a span.
 *
 * @param name the phase, or the rule without its suffix
 */
export type PlanningSpanPredicate = (kind: 'phase' | 'rule', name: string) => boolean;

/** The options with their defaults filled in. */
export interface PlanningSettings {
  readonly modes: Readonly<Record<PlanningPhase, RuleMode>>;
  /** Whether what came before planning is drawn. */
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

import type { AttributeValue, TracerProvider } from '@opentelemetry/api';
import { errorMarker } from '@planscope/internal/error-marker';
import type { Batch, ExecutionPlan, ReportRecorder } from '@planscope/plan';
import type { PreviewOptions } from '@planscope/preview';
import type { SqlDialect } from '@planscope/redaction';

/** Which texts are recorded with their data taken out, and which as they are. */
export interface TextRedaction {
  /** Literals and comments in the text of a query, as in `db.query.text`; default `redact`. */
  readonly sqlLiterals?: 'redact' | 'keep';
  /** Literals in the descriptions of nodes and in the texts an engine reports; default `redact`. */
  readonly planLiterals?: 'redact' | 'keep';
  /** Messages and stacks of errors whose template is not known; default `redact`. */
  readonly errorMessages?: 'redact' | 'keep';
  /** Values and rows that an engine reports, and its texts that no registry names; default `redact`. */
  readonly data?: 'redact' | 'keep';
}

/** What operator spans have in common, whether they are made live or from a report. */
export interface OperatorSpanOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Whether spans carry the one-line description of their operator; default true. */
  readonly recordNode?: boolean;
  /** Whether spans carry the metrics of their operator; default true. */
  readonly recordMetrics?: boolean;
  /** Most bytes of one text attribute, in UTF-8; 0 sets no limit; default 16384. */
  readonly maxTextBytes?: number;
  readonly redaction?: TextRedaction;
  /** The words of the engine whose texts and errors are recorded; default those of standard SQL, and then more is hidden. */
  readonly dialect?: SqlDialect;
  /** Fields that are on every operator span; a run's own fields of the same name win. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** How the execution of a plan is traced. */
export interface ExecutionInstrumentationOptions extends OperatorSpanOptions {
  /** Rows shown on the span of each operator whose batches pass by; false, the default, shows none. */
  readonly preview?: PreviewOptions | false;
  /**
   * How long an operator whose streams have ended waits for an outcome that its consumer does not ask for, in
   * milliseconds; default 250. Time in which the event loop is busy does not count. Where the consumer asks for the
   * outcome, the operator waits for up to a minute, or this long if it is more.
   */
  readonly outcomeWait?: number;
  /** Draw what an engine reported of itself under the operator that ran it, in this order; default none. */
  readonly reportRecorders?: readonly ReportRecorder[];
  /**
   * Whether an operator gets a span; default all do. One without still runs, counts and reports, and what is below it
   * hangs under the nearest operator that has one.
   */
  readonly isEnabled?: (operator: ExecutionPlan<Batch>) => boolean;
}

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

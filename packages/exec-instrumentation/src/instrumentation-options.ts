import type { AttributeValue, TracerProvider } from '@opentelemetry/api';
import { errorMarker } from '@planscope/internal/error-marker';
import type { Batch, ExecutionPlan, ReportRecorder } from '@planscope/plan';
import type { PreviewOptions } from '@planscope/preview';
import type { SqlDialect } from '@planscope/redaction';

/** Which texts are redacted and which are recorded unchanged. */
export interface TextRedaction {
  /** Literals and comments in the text of a query, for example `db.query.text`. Default: `redact`. */
  readonly sqlLiterals?: 'redact' | 'keep';
  /** Literals in descriptions of nodes and in texts of engine reports. Default: `redact`. */
  readonly planLiterals?: 'redact' | 'keep';
  /** Messages and stacks of errors without a known template. Default: `redact`. */
  readonly errorMessages?: 'redact' | 'keep';
  /** Values and rows of engine reports, and their texts that are in no registry. Default: `redact`. */
  readonly data?: 'redact' | 'keep';
}

/** Options of operator spans, both live and from reports. */
export interface OperatorSpanOptions {
  /** Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Whether spans have the one-line description of their operator. Default: true. */
  readonly recordNode?: boolean;
  /** Whether spans have the metrics of their operator. Default: true. */
  readonly recordMetrics?: boolean;
  /** Maximum size of a text attribute in bytes of UTF-8; 0 means no limit. Default: 16384. */
  readonly maxTextBytes?: number;
  readonly redaction?: TextRedaction;
  /** Vocabulary of the engine whose texts and errors are recorded. Default: standard SQL, which hides more. */
  readonly dialect?: SqlDialect;
  /** Fields for every operator span; fields of the run with the same name take precedence. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** How the execution of a plan is traced. */
export interface ExecutionInstrumentationOptions extends OperatorSpanOptions {
  /** Preview of rows on the span of each operator that produces batches. Default: false, no preview. */
  readonly preview?: PreviewOptions | false;
  /**
   * How long an operator waits for an outcome after its streams have ended, in milliseconds. Default: 250. Time in
   * which the event loop is busy does not count. If the consumer has requested the outcome, the operator waits for up
   * to a minute, or longer if this is more.
   */
  readonly outcomeWait?: number;
  /** Draw the reports of engines under the operators that ran them, in this order. Default: none. */
  readonly reportRecorders?: readonly ReportRecorder[];
  /**
   * Whether an operator gets a span. Default: all operators. An operator without a span still runs, counts and reports;
   * the spans below it get the nearest operator above with a span as their parent.
   */
  readonly isEnabled?: (operator: ExecutionPlan<Batch>) => boolean;
}

const marker = errorMarker('planscope.exec-instrumentation.options-error');

/** The error for an invalid option of this package. */
export class ExecutionOptionsError extends Error {
  override readonly name: string = 'ExecutionOptionsError';
  readonly code = 'invalid-option';

  /** @param right description of a valid value */
  constructor(option: string, value: unknown, right: string) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    super(`[planscope/exec-instrumentation] option ${option} is ${shown}; should be ${right}`);
    marker.set(this);
  }

  /** True for an ExecutionOptionsError from any copy of this package. */
  static isInstance(error: unknown): error is ExecutionOptionsError {
    return marker.isOn(error);
  }
}

import type { TracerProvider } from '@opentelemetry/api';
import type { WarningSink } from '@planscope/plan/report';
import type { SemanticSchema } from '@planscope/semconv';

/** How a store is traced. */
export interface InstrumentStoreOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Name of the store in spans; default the store's own. */
  readonly name?: string;
  /** Whether each part of an upload gets a span; a part that fails always does. Default true. */
  readonly partSpans?: boolean;
  /** Whether an operation gets a span; default all do. What is below one without hangs under its caller's span. */
  readonly isEnabled?: StorageSpanPredicate;
  /** Most bytes of one text attribute, in UTF-8; 0 sets no limit; default 16384. */
  readonly maxTextBytes?: number;
  /** The registries of attributes that a store sets of its own; a text that no registry names is hidden. Default none. */
  readonly schemas?: readonly SemanticSchema[];
  /** Messages of errors whose template is not known; default `redact`. */
  readonly errorMessages?: 'redact' | 'keep';
  /** Told once when recording fails; default OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
}

/**
 * Decides on one storage span.
 *
 * @param name `store.operation`, as the span is named
 * @param level `debug` for each part of an upload, whose sum stands on its completion; `error` for a part that failed
 * without a span; `info` for all else
 */
export type StorageSpanPredicate = (name: string, level: 'error' | 'info' | 'debug') => boolean;

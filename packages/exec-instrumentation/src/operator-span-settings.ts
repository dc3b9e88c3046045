import type { Tracer } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import { type SqlDialect, standardSql } from '@planscope/redaction';
import type { SemanticSchema } from '@planscope/semconv';
import packageJson from '../package.json' with { type: 'json' };
import { ExecutionOptionsError, type OperatorSpanOptions, type TextRedaction } from './instrumentation-options.ts';
import { type OperatorTexts, operatorTexts } from './operator-attributes.ts';

const DEFAULT_MAX_TEXT_BYTES = 16_384;

/** The validated options of operator spans, with defaults. */
export interface OperatorSpanSettings {
  readonly tracer: Tracer;
  readonly recordNode: boolean;
  readonly recordMetrics: boolean;
  readonly maxTextBytes: number;
  readonly redaction: Required<TextRedaction>;
  readonly dialect: SqlDialect;
  readonly customFields: NonNullable<OperatorSpanOptions['customFields']>;
  readonly texts: OperatorTexts;
}

/**
 * @param schemas schemas of the engines whose attributes are recorded
 * @throws ExecutionOptionsError
 */
export function operatorSpanSettings(
  options: OperatorSpanOptions,
  schemas: readonly SemanticSchema[] = [],
): OperatorSpanSettings {
  const { recordNode = true, recordMetrics = true, maxTextBytes = DEFAULT_MAX_TEXT_BYTES, customFields = {} } = options;
  const { sqlLiterals = 'redact', planLiterals = 'redact', errorMessages = 'redact' } = options.redaction ?? {};
  const { data = 'redact' } = options.redaction ?? {};
  const { dialect = standardSql } = options;
  oneOf('recordNode', recordNode, [true, false]);
  oneOf('recordMetrics', recordMetrics, [true, false]);
  oneOf('redaction.sqlLiterals', sqlLiterals, ['redact', 'keep']);
  oneOf('redaction.planLiterals', planLiterals, ['redact', 'keep']);
  oneOf('redaction.errorMessages', errorMessages, ['redact', 'keep']);
  oneOf('redaction.data', data, ['redact', 'keep']);
  if (!Number.isSafeInteger(maxTextBytes) || maxTextBytes < 0) {
    throw new ExecutionOptionsError('maxTextBytes', maxTextBytes, 'a whole number of bytes from 0 up');
  }
  const redaction = { sqlLiterals, planLiterals, errorMessages, data };
  return {
    tracer: packageTracer(packageJson, options.tracerProvider),
    recordNode,
    recordMetrics,
    maxTextBytes,
    redaction,
    dialect,
    customFields,
    texts: operatorTexts({ ...redaction, dialect, maxBytes: maxTextBytes }, schemas),
  };
}

/** @throws ExecutionOptionsError */
export function oneOf<T>(option: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  const names = allowed.map((entry) => JSON.stringify(entry)).join(', ');
  throw new ExecutionOptionsError(option, value, `one of ${names}`);
}

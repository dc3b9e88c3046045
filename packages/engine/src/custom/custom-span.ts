import { type Context, diag, type HrTime, type Span, trace } from '@opentelemetry/api';
import { duckdbDialect } from '@planscope/duckdb';
import { packageTracer } from '@planscope/internal/package-tracer';
import { recordFailure } from '@planscope/internal/record-failure';
import { contextClock, toHrTime, type UnixClock, withContextClock } from '@planscope/plan';
import { describeError } from '@planscope/redaction';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { spanFilterOf } from '../filter/span-filter-of.ts';
import { spanLevels } from '../filter/span-levels.ts';
import { checkFields, fieldAttributes, type SpanFields } from './custom-fields.ts';
import type { RunScope } from './run-scope.ts';

/** The span of one step of a program. Where there is none, switched off or over the budget, it does nothing. */
export class CustomSpan {
  /** What is below the step hangs under: its span, else what it was started in. */
  readonly otelContext: Context;
  readonly #scope: RunScope;
  readonly #span: Span | undefined;
  readonly #clock: UnixClock;
  #fields: SpanFields;

  constructor(name: string, fields: SpanFields, parent: Context, scope: RunScope) {
    this.#scope = scope;
    this.#fields = fields;
    this.#clock = contextClock(parent);
    this.#span = startSpan(name, fields, { parent, startTime: toHrTime(this.#clock()) }, scope);
    this.otelContext = withContextClock(
      this.#span === undefined ? parent : trace.setSpan(parent, this.#span),
      this.#clock,
    );
  }

  /** @throws EngineError `invalid-span` */
  setFields(fields: SpanFields): void {
    checkFields(fields);
    if (this.#span?.isRecording() !== true) return;
    this.#fields = { ...this.#fields, ...fields };
    this.#span.setAttributes(fieldAttributes(this.#fields, this.#scope.config));
  }

  end(): void {
    this.#span?.end(toHrTime(this.#clock()));
  }

  fail(error: unknown): void {
    if (this.#span === undefined) return;
    const keep = this.#scope.config.privacy.errorMessages === 'keep';
    const messages = keep ? 'raw' : 'known-templates';
    recordFailure(this.#span, describeError(error, { dialect: duckdbDialect, messages }));
    this.#span.end(toHrTime(this.#clock()));
  }
}

function startSpan(
  name: string,
  fields: SpanFields,
  { parent, startTime }: { readonly parent: Context; readonly startTime: HrTime },
  scope: RunScope,
): Span | undefined {
  const { config, budget, tracerProvider } = scope;
  if (!config.enabled || !spanFilterOf(config).enables('custom', name, spanLevels.custom) || !budget.take()) {
    return undefined;
  }
  try {
    const attributes = {
      ...fieldAttributes(fields, config),
      [ATTR_SPAN_KIND]: 'custom',
      [ATTR_TIMING_BASIS]: 'measured',
    };
    return packageTracer(packageJson, tracerProvider).startSpan(name, { attributes, startTime }, parent);
  } catch (error) {
    diag.warn(`[planscope/engine] no span was made for a step of the program: ${describeError(error).type}`);
    return undefined;
  }
}

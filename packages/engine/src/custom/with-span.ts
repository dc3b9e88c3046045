import {
  type Attributes,
  context as activeContext,
  type Context,
  createContextKey,
  diag,
  type HrTime,
  type Span,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { CUSTOM_FIELD_NAME, resolveTracingConfig, type TracingConfig } from '@planscope/config';
import { duckdbDialect } from '@planscope/duckdb';
import { packageTracer } from '@planscope/internal/package-tracer';
import { recordFailure } from '@planscope/internal/record-failure';
import { contextClock, SpanBudget, toHrTime, type UnixClock, withContextClock } from '@planscope/plan';
import { visibilityRule } from '@planscope/preview';
import { describeError, redactUrls, type SqlDialect, truncateText } from '@planscope/redaction';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS, ATTR_TRACE_CUSTOM_FIELDS_JSON } from '@planscope/semconv';
import { Utf8 } from 'apache-arrow';
import packageJson from '../../package.json' with { type: 'json' };
import { spanFilterOf, spanLevels } from '../filter/span-levels.ts';
import { EngineError } from '../run/engine-error.ts';

/** A running step of a program. */
export interface CustomStep {
  /** Context of the step, for use as a parent where it is not the active context. */
  readonly otelContext: Context;
  /**
   * Adds fields that were not known at the start.
   *
   * @throws EngineError `invalid-span`
   */
  setFields(fields: SpanFields): void;
}

/** The parent of the span of a step. */
export interface WithSpanOptions {
  /** Parent context, of a run or of a span of the program. Default: the active context. */
  readonly otelContext?: Context;
}

/**
 * Runs a step of a program under its own span, which is active during the step. Within a run (in its rules and
 * operators, or with the `otelContext` of a stream), the run's filter, span budget, redaction, limits and tracer
 * provider apply. In other places, the configuration of the environment and the global provider apply.
 *
 * Returns the result of the step and throws its error. A step that returns a promise lasts until the promise settles.
 *
 * @throws EngineError `invalid-span`, before the step has started
 */
export function withSpan<Result>(
  name: string,
  fields: SpanFields,
  step: (step: CustomStep) => Result,
  options: WithSpanOptions = {},
): Result {
  if (name.trim() === '') throw new EngineError('invalid-span', 'the name of a span is empty; say what the step does');
  checkFields(fields);
  const { otelContext = activeContext.active() } = options;
  const span = new CustomSpan(name, fields, otelContext, runScopeOf(otelContext));
  try {
    const result = activeContext.with(span.otelContext, step, undefined, span);
    if (!isPromise(result)) {
      span.end();
      return result;
    }
    return result.then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        span.fail(error);
        throw error;
      },
    ) as Result;
  } catch (error) {
    span.fail(error);
    throw error;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The configuration, provider and budget for the steps of a program. */
export interface RunScope {
  readonly config: TracingConfig;
  readonly tracerProvider: TracerProvider;
  readonly budget: SpanBudget;
  /** The words of the messages of the run's engine. */
  readonly dialect: SqlDialect;
}

// The API creates the key from the text, so every copy of this package has the same key.
const RUN_SCOPE = createContextKey('planscope.engine.run-scope');

export function withRunScope(otelContext: Context, scope: RunScope): Context {
  return otelContext.setValue(RUN_SCOPE, scope);
}

/**
 * The scope of the run that a context belongs to; outside of runs, the configuration of the environment at the first
 * call.
 */
function runScopeOf(otelContext: Context): RunScope {
  const scope = otelContext.getValue(RUN_SCOPE) as RunScope | undefined;
  return (
    scope ?? {
      config: environmentConfig(),
      tracerProvider: trace.getTracerProvider(),
      budget: new SpanBudget(),
      dialect: duckdbDialect,
    }
  );
}

let fromEnvironment: TracingConfig | undefined;

function environmentConfig(): TracingConfig {
  fromEnvironment ??= resolveTracingConfig({}).config;
  return fromEnvironment;
}

/** The span of one step of a program. It does nothing if the span is disabled or over the budget. */
class CustomSpan {
  /** Parent of the spans below the step: its span, or its own parent if it has no span. */
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
    const { config, dialect } = this.#scope;
    const messages = config.privacy.errorMessages;
    recordFailure(this.#span, describeError(error, { dialect, messages }));
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
    diag.warn(
      `[planscope/engine] the span for a step of the program could not be started (${describeError(error).type})`,
    );
    return undefined;
  }
}

/** The fields that a program sets on a step. */
export type SpanFields = Readonly<Record<string, string | number | boolean>>;

/** @throws EngineError `invalid-span` for a reserved name or a value of another type */
function checkFields(fields: SpanFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!CUSTOM_FIELD_NAME.test(name)) {
      throw new EngineError(
        'invalid-span',
        `field ${JSON.stringify(name)} is reserved for Planscope and OpenTelemetry, or contains a space; use a name of your own, as in app.${name.replace(/\s/g, '_')}`,
      );
    }
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new EngineError(
        'invalid-span',
        `field ${name} is of the type ${typeof value}; use a string, a number or a boolean`,
      );
    }
  }
}

/**
 * The fields as attributes, each under its own name and all of them as JSON. A field with the name of a redacted column
 * is replaced by the token. Other texts lose credentials in URLs and are truncated to the byte limit.
 */
function fieldAttributes(fields: SpanFields, { preview, maxAttributeBytes }: TracingConfig): Attributes {
  const { redaction } = preview;
  const visibility = visibilityRule(redaction);
  const shown = Object.entries(fields).map(([name, value]) => {
    if (visibility(name, new Utf8(), 'partly') === 'hidden') return [name, redaction.token] as const;
    return [name, typeof value === 'string' ? truncateText(redactUrls(value), maxAttributeBytes) : value] as const;
  });
  if (shown.length === 0) return {};
  const attributes = Object.fromEntries(shown);
  const json = JSON.stringify(attributes, Object.keys(attributes).sort());
  return { ...attributes, [ATTR_TRACE_CUSTOM_FIELDS_JSON]: json };
}

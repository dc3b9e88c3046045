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
import { describeError, redactUrls, truncateText } from '@planscope/redaction';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS, ATTR_TRACE_CUSTOM_FIELDS_JSON } from '@planscope/semconv';
import { Utf8 } from 'apache-arrow';
import packageJson from '../../package.json' with { type: 'json' };
import { spanFilterOf, spanLevels } from '../filter/span-levels.ts';
import { EngineError } from '../run/engine-error.ts';

/** A step of a program while it runs. */
export interface CustomStep {
  /** To parent under, where the active context does not reach. */
  readonly otelContext: Context;
  /**
   * Adds fields that are known only now.
   *
   * @throws EngineError `invalid-span`
   */
  setFields(fields: SpanFields): void;
}

/** Where the span of a step belongs. */
export interface WithSpanOptions {
  /** Context to parent under, of a run or of the program's own span; default the active one. */
  readonly otelContext?: Context;
}

/**
 * Runs a step of a program under a span of its own, with the span active. Within a run (in its rules and operators, or
 * with the `otelContext` of a stream) it is traced as the run is: its filter, span budget, redaction, limits and tracer
 * provider. Elsewhere the environment's configuration and the global provider count.
 *
 * The result, and an error, are the step's own. A step that gives a promise lasts until that is settled.
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

/** What a program's own steps are traced with. */
export interface RunScope {
  readonly config: TracingConfig;
  readonly tracerProvider: TracerProvider;
  readonly budget: SpanBudget;
}

// The same key in every copy of this package: the API makes it of the text.
const RUN_SCOPE = createContextKey('planscope.engine.run-scope');

export function withRunScope(otelContext: Context, scope: RunScope): Context {
  return otelContext.setValue(RUN_SCOPE, scope);
}

/** What counts in a context: the run it belongs to; outside of runs the environment, as it was when first asked. */
function runScopeOf(otelContext: Context): RunScope {
  const scope = otelContext.getValue(RUN_SCOPE) as RunScope | undefined;
  return scope ?? { config: environmentConfig(), tracerProvider: trace.getTracerProvider(), budget: new SpanBudget() };
}

let fromEnvironment: TracingConfig | undefined;

function environmentConfig(): TracingConfig {
  fromEnvironment ??= resolveTracingConfig({}).config;
  return fromEnvironment;
}

/** The span of one step of a program. Where there is none, switched off or over the budget, it does nothing. */
class CustomSpan {
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
    const messages = this.#scope.config.privacy.errorMessages;
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

/** What a program says of a step of its own. */
export type SpanFields = Readonly<Record<string, string | number | boolean>>;

/** @throws EngineError `invalid-span` for a name that is reserved, or a value of another type */
function checkFields(fields: SpanFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!CUSTOM_FIELD_NAME.test(name)) {
      throw new EngineError(
        'invalid-span',
        `field ${JSON.stringify(name)} is reserved for Planscope and OpenTelemetry, or holds a space; use a name of your own, as in app.${name.replace(/\s/g, '_')}`,
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
 * The fields as attributes, each under its own name and all of them as JSON. A field that goes by the name of a redacted
 * column shows the token; other texts lose the credentials of URLs and what is over the limit of bytes.
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

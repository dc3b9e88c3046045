import { context as activeContext, type Context } from '@opentelemetry/api';
import { EngineError } from '../run/engine-error.ts';
import { checkFields, type SpanFields } from './custom-fields.ts';
import { CustomSpan } from './custom-span.ts';
import { runScopeOf } from './run-scope.ts';

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

import { type Context, createContextKey, type TracerProvider, trace } from '@opentelemetry/api';
import { resolveTracingConfig, type TracingConfig } from '@planscope/config';
import { SpanBudget } from '@planscope/plan';

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
export function runScopeOf(otelContext: Context): RunScope {
  const scope = otelContext.getValue(RUN_SCOPE) as RunScope | undefined;
  return scope ?? { config: environmentConfig(), tracerProvider: trace.getTracerProvider(), budget: new SpanBudget() };
}

let fromEnvironment: TracingConfig | undefined;

function environmentConfig(): TracingConfig {
  fromEnvironment ??= resolveTracingConfig({}).config;
  return fromEnvironment;
}

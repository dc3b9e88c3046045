import {
  type ContextManager,
  context,
  type ProxyTracerProvider,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/** Where every copy of the API, version 1, stores its registrations; the API has no call to read them. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  readonly version?: string;
  readonly trace?: TracerProvider;
  readonly context?: ContextManager;
  readonly propagation?: TextMapPropagator;
}

/** What is registered in this process, as far as this copy of the API can tell. */
export type GlobalTracing =
  | { readonly kind: 'free' }
  | { readonly kind: 'taken'; readonly provider: TracerProvider }
  /** Another copy of the API registered first, in an incompatible version. */
  | { readonly kind: 'other-api'; readonly version: string };

/** Finds out whether a tracer provider is registered. */
export function inspectGlobalTracing(): GlobalTracing {
  const registered = registry();
  if (registered.trace === undefined) return { kind: 'free' };
  const provider = trace.getTracerProvider();
  // This copy falls back to its own provider if the registry's version is incompatible.
  if (provider !== registered.trace) return { kind: 'other-api', version: registered.version ?? 'unknown' };
  const isProxy = (candidate: TracerProvider): candidate is ProxyTracerProvider => 'getDelegate' in candidate;
  return { kind: 'taken', provider: isProxy(provider) ? provider.getDelegate() : provider };
}

/** What a program registers so that spans find their provider and their parents. */
export interface GlobalParts {
  readonly tracerProvider: TracerProvider;
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator;
}

/** What happened to a registration. */
export type Registration =
  | { readonly registered: true; readonly undo: () => void }
  | { readonly registered: false; readonly apiVersion: string };

/**
 * Registers the tracer provider for the whole process, and the other parts unless they are registered. If a copy of the
 * API in another version refuses, returns that version.
 */
export function registerGlobally(parts: GlobalParts): Registration {
  const { version = 'unknown', ...others } = registry();
  if (!trace.setGlobalTracerProvider(parts.tracerProvider)) return { registered: false, apiVersion: version };
  const ownsContext = !others.context && context.setGlobalContextManager(parts.contextManager);
  const ownsPropagation = !others.propagation && propagation.setGlobalPropagator(parts.propagator);
  const own = registry();
  const undo = (): void => {
    const current = registry();
    if (current.trace === own.trace) trace.disable();
    if (ownsContext && current.context === own.context) context.disable();
    if (ownsPropagation && current.propagation === own.propagation) propagation.disable();
  };
  return { registered: true, undo };
}

function registry(): Registry {
  return { ...(globalThis as { [REGISTRY]?: Registry })[REGISTRY] };
}

/**
 * Why spans vanish when two versions of the OpenTelemetry API are loaded, and what to do.
 *
 * @param version the version that registered first
 */
export function explainOtherApi(version: string): string {
  return (
    `another copy of @opentelemetry/api, version ${version}, was loaded first and does not work with the copy used here, ` +
    'so this pipeline could not be registered globally: spans made through the global API do not reach it, only those ' +
    'made through the handle. List the copies with "npm ls @opentelemetry/api" and bring them to one version'
  );
}

import { type Context, ProxyTracerProvider, TraceFlags, type TracerProvider, trace } from '@opentelemetry/api';
import { drawDeferredSpans } from '@planscope/semconv';

/** What the API hands out where no SDK is registered. */
const noSdk = new ProxyTracerProvider().getDelegate();

/** Whether a span of this provider could be recorded, without asking a sampler or making one. */
export function canRecord(provider: TracerProvider, parent: Context): boolean {
  if (delegateOf(provider) === noSdk) return false;
  const around = trace.getSpanContext(parent);
  return around === undefined || (around.traceFlags & TraceFlags.SAMPLED) !== 0 || isRecording(parent);
}

function isRecording(parent: Context): boolean {
  return trace.getSpan(parent)?.isRecording() === true;
}

function delegateOf(provider: TracerProvider): TracerProvider {
  return 'getDelegate' in provider && typeof provider.getDelegate === 'function' ? provider.getDelegate() : provider;
}

const marker = Symbol.for('planscope.duckdb.draws-before-flush');
const METHODS = ['forceFlush', 'shutdown'] as const;

type Flushing = TracerProvider & { [marker]?: true } & Partial<
    Record<(typeof METHODS)[number], (...args: unknown[]) => unknown>
  >;

/**
 * Has a provider wait for spans that are drawn later: a program that shuts its SDK down right after its last query would
 * lose that query's spans otherwise, as an SDK drops what ends after.
 */
export function drawBeforeFlush(provider: TracerProvider): void {
  const flushing = delegateOf(provider) as Flushing;
  if (flushing[marker] === true || !Object.isExtensible(flushing)) return;
  Object.defineProperty(flushing, marker, { value: true });
  for (const name of METHODS) {
    const method = flushing[name];
    if (typeof method !== 'function') continue;
    const value = (...args: unknown[]): unknown => {
      drawDeferredSpans();
      return method.apply(flushing, args);
    };
    Object.defineProperty(flushing, name, { value, configurable: true, writable: true });
  }
}

import { type Context, ProxyTracerProvider, TraceFlags, type TracerProvider, trace } from '@opentelemetry/api';
import { drawDeferredSpans, settleDeferredSpans } from '@planscope/semconv';

/** The provider that the API returns if no SDK is registered. */
const noSdk = new ProxyTracerProvider().getDelegate();

/** Whether a span of this provider could be recorded. It does not call the sampler or start a span. */
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

const marker = Symbol.for('planscope.draws-before-flush');
const METHODS = ['forceFlush', 'shutdown'] as const;

type Flushing = TracerProvider & { [marker]?: true } & Partial<
    Record<(typeof METHODS)[number], (...args: unknown[]) => unknown>
  >;

/**
 * Makes `forceFlush` and `shutdown` of a provider draw pending spans first. Otherwise a program that shuts its SDK down
 * right after its last query would lose the spans of that query, because an SDK drops spans that end after the
 * shutdown.
 */
export function drawBeforeFlush(provider: TracerProvider): void {
  const flushing = delegateOf(provider) as Flushing;
  if (flushing[marker] === true || !Object.isExtensible(flushing)) return;
  Object.defineProperty(flushing, marker, { value: true });
  for (const name of METHODS) {
    const method = flushing[name];
    if (typeof method !== 'function') continue;
    const value = (...args: unknown[]): unknown => {
      const drawn = (): unknown => {
        drawDeferredSpans();
        return method.apply(flushing, args);
      };
      return settleDeferredSpans()?.then(drawn) ?? drawn();
    };
    Object.defineProperty(flushing, name, { value, configurable: true, writable: true });
  }
}

import { type Context, ROOT_CONTEXT, type TextMapGetter, type TextMapSetter } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/** Headers as Node.js, fetch and plain objects have them; names in any case. */
export type IncomingHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Used directly, so that it works whatever propagator the program has registered, if any. */
const propagator = new W3CTraceContextPropagator();

const fromHeaders: TextMapGetter<IncomingHeaders> = {
  keys: (headers) => (headers instanceof Headers ? [...headers.keys()] : Object.keys(headers)),
  get(headers, name) {
    if (headers instanceof Headers) return headers.get(name) ?? undefined;
    const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
    return typeof value === 'string' ? value : value?.join(',');
  },
};

const toRecord: TextMapSetter<Record<string, string>> = {
  set(record, name, value) {
    record[name] = value;
  },
};

/**
 * The context of a caller's trace, by the W3C headers `traceparent` and `tracestate` of its request; spans made in it
 * become children of the caller's span.
 *
 * @param base what is returned, with the caller's span added where the headers name one; default the root context
 */
export function contextFromHeaders(headers: IncomingHeaders, base: Context = ROOT_CONTEXT): Context {
  return propagator.extract(base, headers, fromHeaders);
}

/**
 * The context of the process that started this one, by the variables `TRACEPARENT` and `TRACESTATE`.
 *
 * @param environment default `process.env`
 * @param base as for `contextFromHeaders`
 */
export function contextFromEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  base: Context = ROOT_CONTEXT,
): Context {
  return contextFromHeaders({ traceparent: environment.TRACEPARENT, tracestate: environment.TRACESTATE }, base);
}

/** The headers that hand the span of a context on to whom a request goes; none where the context has no span. */
export function headersFromContext(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, toRecord);
  return headers;
}

/** The variables that hand the span of a context on to a process; none where the context has no span. */
export function environmentFromContext(context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersFromContext(context)).map(([name, value]) => [name.toUpperCase(), value]),
  );
}

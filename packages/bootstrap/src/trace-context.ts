import { type Context, ROOT_CONTEXT, type TextMapGetter, type TextMapSetter } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/** Headers as Node.js, fetch, a map and plain objects have them, with names in any case; null and undefined have none. */
export type IncomingHeaders =
  | Headers
  | ReadonlyMap<string, string | readonly string[] | undefined>
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | null
  | undefined;

/** Used directly, so that it works whatever propagator the program has registered, if any. */
const propagator = new W3CTraceContextPropagator();

const fromHeaders: TextMapGetter<IncomingHeaders> = {
  keys: (headers) => entriesOf(headers).map(([name]) => name),
  get(headers, name) {
    const value = entriesOf(headers).find(([key]) => String(key).toLowerCase() === name)?.[1];
    if (Array.isArray(value)) return value.join(',');
    return typeof value === 'string' ? value : undefined;
  },
};

/** Headers of another realm or library are known by their `entries`, as a map is; a header may have that name, too. */
function entriesOf(headers: IncomingHeaders): [string, unknown][] {
  if (typeof headers !== 'object' || headers === null) return [];
  return typeof headers.entries === 'function' ? [...headers.entries()] : Object.entries(headers);
}

const toRecord: TextMapSetter<Record<string, string>> = {
  set(record, name, value) {
    record[name] = value;
  },
};

/**
 * The context of a caller's trace, by the W3C headers `traceparent` and `tracestate` of its request; spans made in it
 * become children of the caller's span. Never throws: malformed headers count as none.
 *
 * @param base what is returned, with the caller's span added where the headers name one; default the root context
 */
export function contextFromHeaders(headers: IncomingHeaders, base: Context = ROOT_CONTEXT): Context {
  try {
    return propagator.extract(base, headers, fromHeaders);
  } catch {
    return base;
  }
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

/** The headers that pass the span of a context to the receiver of a request; none if the context has no span. */
export function headersFromContext(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, toRecord);
  return headers;
}

/** The variables that pass the span of a context to a process; none if the context has no span. */
export function environmentFromContext(context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersFromContext(context)).map(([name, value]) => [name.toUpperCase(), value]),
  );
}

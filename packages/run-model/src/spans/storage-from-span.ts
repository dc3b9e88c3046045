import { present } from '@planscope/internal/present';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_OBJECT_STORE_ATTEMPTS,
  ATTR_OBJECT_STORE_BASE_URL,
  ATTR_OBJECT_STORE_BODY_COMPLETE,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_FROM,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_RANGES,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OBJECT_STORE_RESULT_ERR,
  ATTR_OBJECT_STORE_RESULT_META,
  ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT,
  ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@planscope/semconv';
import type { HttpRequest, RunError, StorageCall } from '../run.ts';
import { callDirection, isThrottling } from '../storage-call.ts';
import { errorOf, numberOf, textOf, timingOf } from './span-attributes.ts';
import type { TraceAttributes, TraceSpan } from './trace-span.ts';

/** @param start of the run */
export function callFromSpan(
  span: TraceSpan,
  start: bigint,
  above: { readonly operatorId?: string; readonly queryId?: string },
): StorageCall {
  const { spanId, attributes } = span;
  const operation = textOf(attributes, ATTR_OBJECT_STORE_OPERATION) ?? span.name;
  const direction = callDirection(operation);
  const http = httpRequest(attributes);
  const { list, isTruncated } = rangesOf(textOf(attributes, ATTR_OBJECT_STORE_RANGES));
  const { operatorId, queryId } = above;
  return {
    id: spanId,
    spanId,
    // The program's own stores have a base; an engine reports complete paths.
    origin: attributes.has(ATTR_OBJECT_STORE_BASE_URL) ? 'program' : 'engine',
    ...present({ store: textOf(attributes, ATTR_OBJECT_STORE_NAME) }),
    operation,
    direction,
    ...present({
      location: locationOf(attributes),
      bytes: numberOf(
        attributes,
        direction === 'write' ? ATTR_OBJECT_STORE_CONTENT_LENGTH : ATTR_OBJECT_STORE_RESULT_BYTES,
      ),
    }),
    requests: numberOf(attributes, ATTR_OBJECT_STORE_REQUEST_COUNT) ?? 1,
    ...present({ attempts: numberOf(attributes, ATTR_OBJECT_STORE_ATTEMPTS) }),
    ranges: list,
    ...(isTruncated ? { rangesTruncated: true as const } : {}),
    timing: timingOf(span, start),
    ...present({
      timeToFirstByte: numberOf(attributes, ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE),
      http,
      error: callError(span),
    }),
    ...(isThrottling(http?.status) ? { throttled: true as const } : {}),
    ...present({
      bodyComplete: flag(attributes, ATTR_OBJECT_STORE_BODY_COMPLETE),
      objects: numberOf(attributes, ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT),
      operatorId,
      queryId,
    }),
  };
}

function flag(attributes: TraceAttributes, key: string): boolean | undefined {
  const value = attributes.get(key);
  return typeof value === 'boolean' ? value : undefined;
}

function callError(span: TraceSpan): RunError | undefined {
  const error = errorOf(span);
  const kind = textOf(span.attributes, ATTR_OBJECT_STORE_RESULT_ERR);
  // An object that may be absent is not there: no failure.
  if (error === undefined && kind === 'NotFound') return undefined;
  return error === undefined && kind === undefined ? undefined : { ...present({ type: kind }), ...error };
}

/** The size of the object, where the store told it; undefined if it did not. */
export function sizeFromSpan({ attributes }: TraceSpan): number | undefined {
  const meta = textOf(attributes, ATTR_OBJECT_STORE_RESULT_META);
  if (meta === undefined) return undefined;
  const digits = /"size":(\d{1,16})\b/.exec(meta)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The base of the store and the path in it: `s3://bucket/` and `a.parquet`. Local files have paths. */
function locationOf(attributes: TraceAttributes): string | undefined {
  const path = textOf(attributes, ATTR_OBJECT_STORE_LOCATION) ?? textOf(attributes, ATTR_OBJECT_STORE_FROM);
  if (path === undefined || path === '') return undefined;
  const base = textOf(attributes, ATTR_OBJECT_STORE_BASE_URL);
  if (base === undefined || /^[a-z][a-z\d+.-]*:\/\//i.test(path)) return path;
  return base.replace(/\/?$/, '/').replace(/^file:\/\//, '') + path;
}

function httpRequest(attributes: TraceAttributes): HttpRequest | undefined {
  const http = present({
    method: textOf(attributes, ATTR_HTTP_REQUEST_METHOD),
    host: textOf(attributes, ATTR_SERVER_ADDRESS),
    port: numberOf(attributes, ATTR_SERVER_PORT),
    status: numberOf(attributes, ATTR_HTTP_RESPONSE_STATUS_CODE),
    resend: numberOf(attributes, ATTR_HTTP_REQUEST_RESEND_COUNT),
  });
  return Object.keys(http).length === 0 ? undefined : http;
}

/** Ranges of the form `0-10,20-30`; open ones, such as `10-` and `-5`, have no known end and are omitted. */
function rangesOf(text = ''): { readonly list: StorageCall['ranges']; readonly isTruncated: boolean } {
  const list = text.split(',').flatMap((range) => {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(range) ?? [];
    return from === undefined || to === undefined ? [] : [[Number(from), Number(to)] as const];
  });
  return { list, isTruncated: text.includes('…') };
}

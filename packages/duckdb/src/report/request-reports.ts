import type { HttpRequestReport, IoReport, MetricReport } from '@planscope/plan';
import {
  METRIC_HTTP_BYTES_RECEIVED,
  METRIC_HTTP_BYTES_SENT,
  METRIC_HTTP_FAILURES,
  METRIC_HTTP_REQUESTS,
  METRIC_HTTP_RETRIES,
} from '@planscope/semconv';
import { isFailed, type RequestActivity } from '../events/activity-tally.ts';

/** A request, and what it is in terms of an object store. */
export interface LocatedRequest {
  readonly request: RequestActivity;
  /** Undefined where what DuckDB logged is no URL. */
  readonly url: URL | undefined;
  /** Scheme of the location, for example `s3`, `gs` or `http`. */
  readonly store: string;
  readonly operation: string;
  /** As SQL names it where the query read or wrote such a file, else the URL without its parameters. */
  readonly location: string;
}

/**
 * Finds what requests are about. DuckDB logs the URL that it sent; the paths of the files tell to which store it belongs.
 *
 * @param paths of the files that the query read or wrote
 */
export function locateRequests(requests: readonly RequestActivity[], paths: readonly string[]): LocatedRequest[] {
  const objects = new Map<string, string>();
  const buckets = new Map<string, string>();
  for (const path of paths) {
    if (HTTP.test(path) && URL.canParse(path)) objects.set(new URL(path).href, path);
    const [, scheme, bucket, key] = OBJECT_PATH.exec(path) ?? [];
    if (scheme === undefined || bucket === undefined || key === undefined) continue;
    objects.set(objectKey(bucket, key), path);
    buckets.set(bucket, `${scheme}://${bucket}/`);
  }
  /** A file is asked for in many requests. */
  const located = new Map<string, LocatedUrl>();
  return requests.map((request) => {
    const known = located.get(request.url) ?? locate(request.url, objects, buckets);
    located.set(request.url, known);
    return { request, ...known, operation: operationOf(request, known.url?.searchParams) };
  });
}

const HTTP = /^https?:\/\//i;
/** A bucket and a key; those of HTTP are a host and a path, and need no translation. */
const OBJECT_PATH = /^(?!https?:|hf:|file:)([a-z][a-z\d]*):\/\/([^/]+)\/(.*)$/is;
const STORES: Readonly<Record<string, string>> = {
  gcs: 'gs',
  s3a: 's3',
  s3n: 's3',
  azure: 'az',
  abfs: 'az',
  abfss: 'az',
  https: 'http',
};

type LocatedUrl = Pick<LocatedRequest, 'url' | 'store' | 'location'>;

function locate(text: string, objects: ReadonlyMap<string, string>, buckets: ReadonlyMap<string, string>): LocatedUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return { url, store: 'http', location: '' };
  const asked = objects.get(url.href);
  if (asked !== undefined) return { url, store: storeOf(asked), location: asked };
  for (const [bucket, key] of bucketsAndKeys(url)) {
    const path = objects.get(objectKey(bucket, key));
    if (path !== undefined) return { url, store: storeOf(path), location: path };
    const root = buckets.get(bucket);
    if (root !== undefined) {
      return { url, store: storeOf(root), location: root + (key || (url.searchParams.get('prefix') ?? '')) };
    }
  }
  return { url, store: 'http', location: url.origin + url.pathname };
}

/**
 * What may be bucket and key of a URL: the first part of its path and the rest; the host or its first labels and the path; and,
 * for emulators of Azure that have the account in front, the second part of the path and the rest.
 */
function* bucketsAndKeys({ pathname, hostname }: URL): Generator<readonly [bucket: string, key: string]> {
  const path = decoded(pathname.slice(1));
  const [bucket, key] = atSlash(path);
  yield [bucket, key];
  for (let dot = hostname.indexOf('.'); dot !== -1; dot = hostname.indexOf('.', dot + 1)) {
    yield [hostname.slice(0, dot), path];
  }
  yield [hostname, path];
  yield atSlash(key);
}

function atSlash(path: string): readonly [string, string] {
  const slash = path.indexOf('/');
  return slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function objectKey(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}

function storeOf(path: string): string {
  const scheme = path.slice(0, path.indexOf(':')).toLowerCase();
  return STORES[scheme] ?? scheme;
}

function operationOf({ method, range }: RequestActivity, parameters: URLSearchParams | undefined): string {
  const has = (name: string): boolean => parameters?.has(name) === true;
  if (method === 'GET' && (has('list-type') || has('prefix') || parameters?.get('comp') === 'list')) return 'list';
  if (method === 'GET') return range === undefined ? 'get' : 'get_range';
  if (method === 'PUT') return has('partNumber') ? 'put_part' : 'put';
  if (method === 'POST' && has('uploads')) return 'put_multipart';
  if (method === 'POST' && has('uploadId')) return 'complete_multipart';
  return method.toLowerCase();
}

/**
 * Requests as a report tells them.
 *
 * @param owners the id of the operator each belongs to, where that is certain
 */
export function requestReports(
  requests: readonly LocatedRequest[],
  owners: ReadonlyMap<LocatedRequest, string>,
): IoReport[] {
  return requests.map((located) => {
    const { request, store, operation, location } = located;
    const operatorId = owners.get(located);
    const { start, time, range, sent, received } = request;
    return {
      store,
      operation,
      location,
      bytes: (request.method === 'PUT' || request.method === 'POST' ? sent : received).toString(),
      requests: request.requests,
      timing: { basis: 'measured', window: { start: start.toString(), end: time.toString() } },
      ...(range === undefined ? {} : { ranges: [[range[0].toString(), (range[1] + 1n).toString()]] as const }),
      ...(operatorId === undefined ? {} : { operatorId }),
      request: httpRequest(located),
    };
  });
}

function httpRequest({ request, url }: LocatedRequest): HttpRequestReport {
  const { method, status, isCut, resends } = request;
  return {
    method: /^[A-Z]{1,16}$/.test(method) ? method : '_OTHER',
    ...(url === undefined ? {} : serverOf(url)),
    ...(status === undefined ? {} : { status }),
    ...(resends > 0 ? { resend: resends } : {}),
    ...(isCut || status === undefined || status >= 400 ? { error: faultOf({ status, isCut }) } : {}),
  };
}

function serverOf({ hostname, port, protocol }: URL): Pick<HttpRequestReport, 'host' | 'port'> {
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { host: hostname, port: port === '' ? defaultPort : Number(port) };
}

function faultOf({ status, isCut }: { readonly status: number | undefined; readonly isCut: boolean }): string {
  if (status === undefined) return 'response_not_logged';
  return isCut ? 'incomplete_response' : String(status);
}

/** Sums over requests, as metrics; none where there are no requests. */
export function requestMetrics(requests: readonly RequestActivity[]): MetricReport[] {
  if (requests.length === 0) return [];
  const count = (name: string, of: (request: RequestActivity) => number): MetricReport => {
    return { name, type: 'count', unit: '{request}', value: requests.reduce((sum, request) => sum + of(request), 0) };
  };
  const bytes = (name: string, of: (request: RequestActivity) => bigint): MetricReport => {
    const value = requests.reduce((sum, request) => sum + of(request), 0n).toString();
    return { name, type: 'count', unit: 'By', value };
  };
  return [
    count(METRIC_HTTP_REQUESTS, (request) => request.requests),
    count(METRIC_HTTP_RETRIES, ({ retries }) => retries),
    count(METRIC_HTTP_FAILURES, (request) => (isFailed(request) ? request.requests : 0)),
    bytes(METRIC_HTTP_BYTES_RECEIVED, ({ received }) => received),
    bytes(METRIC_HTTP_BYTES_SENT, ({ sent }) => sent),
  ];
}

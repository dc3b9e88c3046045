import { describe, expect, it } from 'vitest';
import type { RequestActivity } from '../events/activity-tally.ts';
import { locateRequests, requestMetrics, requestReports } from './request-reports.ts';

function request(url: string, more: Partial<RequestActivity> = {}): RequestActivity {
  const times = { start: 1_000n, time: 2_000n };
  return {
    method: 'GET',
    url,
    status: 200,
    isCut: false,
    received: 10n,
    sent: 0n,
    requests: 1,
    resends: 0,
    retries: 0,
    ...times,
    ...more,
  };
}

const place = (url: string, paths: readonly string[] = [], more: Partial<RequestActivity> = {}): string => {
  const [located] = locateRequests([request(url, more)], paths);
  return `${located?.store}.${located?.operation} ${located?.location}`;
};

describe('a request is of the store that SQL names', () => {
  const key = ['s3://lake/a b/x.parquet'];
  it.each([
    ['http://127.0.0.1:9000/lake/a%20b/x.parquet', key, 's3.get s3://lake/a b/x.parquet'],
    ['https://lake.s3.eu-central-1.amazonaws.com/a%20b/x.parquet', key, 's3.get s3://lake/a b/x.parquet'],
    ['https://s3.amazonaws.com/lake/?list-type=2&prefix=a%20b%2F', key, 's3.list s3://lake/a b/'],
    ['https://my.lake.s3.amazonaws.com/x.parquet', ['s3://my.lake/x.parquet'], 's3.get s3://my.lake/x.parquet'],
    ['https://storage.googleapis.com/lake/x.parquet', ['gcs://lake/x.parquet'], 'gs.get gcs://lake/x.parquet'],
    ['https://me.blob.core.windows.net/lake/x.parquet', ['azure://lake/x.parquet'], 'az.get azure://lake/x.parquet'],
    ['https://example.com/x.parquet?sig=secret', [], 'http.get https://example.com/x.parquet'],
    ['https://example.com/x%y', [], 'http.get https://example.com/x%y'],
    ['no URL', key, 'http.get '],
  ])('%s', (url, paths, expected) => {
    expect(place(url, paths)).toBe(expected);
  });
});

it.each([
  ['GET', '', { range: [0n, 9n] as const }, 'get_range'],
  ['HEAD', '', {}, 'head'],
  ['PUT', '', {}, 'put'],
  ['PUT', '?partNumber=2&uploadId=x', {}, 'put_part'],
  ['POST', '?uploads=', {}, 'put_multipart'],
  ['POST', '?uploadId=x', {}, 'complete_multipart'],
  ['DELETE', '', {}, 'delete'],
])('%s %s is an operation of a store', (method, parameters, more, operation) => {
  expect(place(`https://example.com/x${parameters}`, [], { method, ...more })).toBe(
    `http.${operation} https://example.com/x`,
  );
});

it('says why a request failed', () => {
  const fault = (more: Partial<RequestActivity>): unknown => {
    const located = locateRequests([request('https://example.com/x', more)], []);
    return requestReports(located, new Map())[0]?.request?.error;
  };
  expect(fault({})).toBeUndefined();
  expect(fault({ status: 404 })).toBe('404');
  expect(fault({ status: 206, isCut: true })).toBe('incomplete_response');
  const { status: _, ...unanswered } = request('https://example.com/x');
  const [report] = requestReports(locateRequests([unanswered], []), new Map());
  expect(report?.request?.error).toBe('response_not_logged');
});

it('counts an answer that is an error as no failure of the request', () => {
  const metrics = requestMetrics([
    request('https://example.com/x', { status: 404 }),
    request('https://example.com/x', { status: 503 }),
    request('https://example.com/x', { status: 200, resends: 1, retries: 1 }),
  ]);
  expect(Object.fromEntries(metrics.map(({ name, value }) => [name, value]))).toEqual({
    http_requests: 3,
    http_retries: 1,
    http_failures: 1,
    http_bytes_received: '30',
    http_bytes_sent: '0',
  });
});

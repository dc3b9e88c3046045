import { expect, it } from 'vitest';
import { ActivityTally } from '../events/activity-tally.ts';
import { engineEvent } from '../events/engine-event.ts';
import { seenObjects } from './seen-objects.ts';

const PATH = 's3://lake/a.parquet';
const MODIFIED = 'Sun, 29 Nov 2026 12:00:00 GMT';

interface Logged {
  readonly method: string;
  readonly status?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An entry as DuckDB writes it. */
function message({ method, status = 'OK_200', headers }: Logged): string {
  const texts = Object.entries(headers).map(([name, value]) => `${name}='${value}'`);
  const request = `{'type': ${method}, 'url': 'http://127.0.0.1:9000/lake/a.parquet', 'headers': {}, 'start_time': '2026-11-29 12:00:01+00'}`;
  return `{'request': ${request}, 'response': {'status': ${status}, 'reason': '', 'headers': {${texts.join(', ')}}}}`;
}

function seen(...entries: readonly Logged[]) {
  const tally = new ActivityTally();
  for (const entry of entries) {
    const field = `"${message(entry)}"`;
    const event = engineEvent({ type: 'HTTP', field, connectionId: '1', queryId: '2', time: 0n });
    if (event !== undefined) tally.add(event);
  }
  return seenObjects(tally.logged().requests, [PATH]);
}

it('tells the state in which each object was found, once', () => {
  const state = { ETag: '"a"', 'Last-Modified': MODIFIED };
  const head = { method: 'HEAD', headers: { ...state, 'Content-Length': '100' } };
  const get = {
    method: 'GET',
    status: 'PartialContent_206',
    headers: { ...state, 'Content-Length': '9', 'Content-Range': 'bytes 0-8/100' },
  };
  expect(seen(head, get, get)).toEqual([{ location: PATH, etag: '"a"', size: 100n, modified: Date.parse(MODIFIED) }]);
});

it('tells each state, also beyond the requests that are kept apart', () => {
  const get = (etag: string): Logged => ({ method: 'GET', headers: { ETag: etag } });
  const many = Array.from({ length: 1500 }, () => get('"a"'));
  expect(seen(...many, get('"b"'), get('"b"')).map(({ etag }) => etag)).toEqual(['"a"', '"b"']);
});

it('tells generations, and nothing of failures, writes, and responses without a state', () => {
  const headers = { ETag: '"a"' };
  expect(seen({ method: 'HEAD', headers: { 'x-goog-generation': '17' } })).toEqual([
    { location: PATH, generation: '17' },
  ]);
  expect(seen({ method: 'GET', status: 'ServiceUnavailable_503', headers })).toEqual([]);
  expect(seen({ method: 'PUT', headers })).toEqual([]);
  expect(seen({ method: 'GET', headers: { 'Content-Length': '9' } })).toEqual([]);
});

import { expect, it } from 'vitest';
import { request, spanId, type TestSpan } from '../../test/support/trace-file.ts';
import { runsFromOtlpJson } from '../otlp/read-runs.ts';

const kind = (name: string, more: TestSpan['attributes'] = {}) => ({ 'planscope.span.kind': name, ...more });
const engine = (id: string, more: TestSpan['attributes'] = {}) =>
  kind('operator', { 'planscope.operator.id': id, 'planscope.timing.basis': 'execution_window', ...more });

it('has stages with their tasks, spread and operators', () => {
  const [run] = runsFromOtlpJson(
    request(
      { id: 1, name: 'SELECT', attributes: kind('query', { 'db.system.name': 'trino' }) },
      {
        id: 2,
        parent: 1,
        name: 'stage',
        attributes: kind('stage', {
          'planscope.stage.id': '3.1',
          'planscope.stage.parents': ['3.0'],
          'planscope.stage.task_count': 5,
          'planscope.stage.failed_task_count': 1,
          'planscope.stage.spread.output_rows.least': 1,
          'planscope.stage.spread.output_rows.median': 2,
          'planscope.stage.spread.output_rows.most': 90,
          'planscope.stage.spread.duration.least': 7,
          'planscope.partial': true,
        }),
      },
      {
        id: 3,
        parent: 2,
        name: 'task',
        attributes: kind('task', {
          'planscope.task.id': 't',
          'planscope.task.attempt': 2,
          'planscope.task.host': 'one',
          'planscope.run.status': 'error',
          'error.type': 'E',
          'db.response.status_code': 'E1',
        }),
      },
      {
        id: 4,
        parent: 2,
        name: 'Exchange',
        attributes: engine('0', { 'planscope.stage.id': '3.1', 'planscope.operator.input_stages': ['3.2'] }),
      },
    ),
  );
  expect(run?.stages).toMatchObject([
    {
      id: '3.1',
      parentIds: ['3.0'],
      queryId: spanId(1),
      taskCount: 5,
      failedTaskCount: 1,
      partial: true,
      tasks: [{ id: 't', attempt: 2, host: 'one', status: 'error', error: { type: 'E', code: 'E1' } }],
      spread: { output_rows: { unit: '{row}', least: 1, median: 2, most: 90 }, duration: { unit: 'ns', least: 7 } },
    },
  ]);
  expect(run?.operators).toMatchObject([
    { name: 'Exchange', kind: 'exchange', stageId: '3.1', inputStageIds: ['3.2'] },
  ]);
  expect(run?.gaps).toEqual([{ code: 'measured-early', count: 1 }]);
});

it('has inputs in the order of the plan, and shared ones by their links', () => {
  const link = { links: [{ traceId: '0'.repeat(31).concat('1'), spanId: spanId(5) }] };
  const [run] = runsFromOtlpJson(
    request(
      { id: 1, attributes: kind('run') },
      { id: 2, parent: 1, name: 'First', attributes: kind('operator', { 'db.query.text': 'SELECT ?1' }) },
      { id: 3, parent: 1, name: 'Second', start: 1, attributes: kind('operator'), more: link },
      { id: 5, parent: 2, name: 'Fetch', attributes: kind('operator') },
      // Reported operators have one window; they come in the order of their ends.
      { id: 6, parent: 8, name: 'right', attributes: engine('0.10') },
      { id: 7, parent: 8, name: 'left', attributes: engine('0.9') },
      { id: 8, parent: 2, name: 'JOIN', attributes: engine('0') },
    ),
  );
  const inputs = run?.operators.map(({ name, inputIds, queryId }) => [name, inputIds, queryId]);
  expect(inputs).toEqual([
    ['First', [spanId(5)], undefined],
    ['Fetch', [], undefined],
    ['JOIN', [spanId(7), spanId(6)], spanId(2)],
    ['left', [], spanId(2)],
    ['right', [], spanId(2)],
    ['Second', [spanId(5)], undefined],
  ]);
  expect(run?.queries).toMatchObject([{ id: spanId(2), operatorId: spanId(2), text: 'SELECT ?1' }]);
});

it('has calls with complete locations, added up for each file', () => {
  const store = (location: string, more: TestSpan['attributes'] = {}) =>
    kind('storage', {
      'object_store.name': 's3',
      'object_store.base_url': 's3://bucket/',
      'object_store.operation': 'get_ranges',
      'object_store.location': location,
      ...more,
    });
  const [run] = runsFromOtlpJson(
    request(
      { id: 1, attributes: kind('query') },
      {
        id: 2,
        parent: 1,
        attributes: store('a.parquet', {
          'object_store.ranges': '0-10,20-,-5,30-40… [truncated]',
          'object_store.result.bytes': 25,
          'object_store.attempts': 3,
          'object_store.time_to_first_byte': 4,
          'object_store.body_complete': false,
          'object_store.result.meta': '{"size":100,"eTag":"x"}',
        }),
      },
      {
        id: 3,
        parent: 1,
        start: 5,
        attributes: kind('storage', {
          'object_store.name': 's3',
          'object_store.operation': 'get_range',
          'object_store.location': 's3://bucket/a.parquet',
          'object_store.result.bytes': 7,
          'object_store.request_count': 2,
          'http.request.method': 'GET',
          'http.response.status_code': 429,
          'http.request.resend_count': 1,
          'error.type': '429',
        }),
      },
      { id: 4, parent: 1, start: 6, attributes: store('', { 'object_store.operation': 'list' }) },
      {
        id: 5,
        parent: 1,
        start: 7,
        attributes: store('b', { 'object_store.operation': 'put', 'object_store.content_length': 9 }),
      },
    ),
  );
  expect(run?.calls).toMatchObject([
    {
      origin: 'program',
      location: 's3://bucket/a.parquet',
      ranges: [[0, 10]],
      rangesTruncated: true,
      attempts: 3,
      timeToFirstByte: 4,
      bodyComplete: false,
    },
    { origin: 'engine', throttled: true, http: { method: 'GET', status: 429, resend: 1 }, error: { type: '429' } },
    { operation: 'list', direction: 'other' },
    { operation: 'put', direction: 'write', bytes: 9 },
  ]);
  expect(run?.files).toMatchObject([
    { location: 's3://bucket/a.parquet', size: 100, bytesRead: 32, requests: 5, retries: 4, throttled: 2, failures: 2 },
    { location: 's3://bucket/b', bytesWritten: 9 },
  ]);
  expect(run?.totals).toMatchObject({
    storeBytesRead: { value: 25, source: 'counted' },
    storeBytesWritten: { value: 9 },
    bytesRead: { value: 7, source: 'io_log' },
  });
});

it('has parts without a run as one run, and no calls of a store beside other runs', () => {
  const storage = { attributes: kind('storage', { 'object_store.operation': 'head' }) };
  const alone = runsFromOtlpJson(
    request({ id: 1, name: 'GET /' }, { id: 2, parent: 1, ...storage }, { id: 3, parent: 1, start: 20, ...storage }),
  );
  expect(alone).toMatchObject([{ kind: 'parts', name: 'GET /', duration: 30, callers: [{ name: 'GET /' }], gaps: [] }]);
  expect(alone[0]?.spans.map(({ depth }) => depth)).toEqual([0, 0]);
  const beside = runsFromOtlpJson(
    request(
      { id: 1, name: 'GET /' },
      { id: 2, parent: 1, ...storage },
      { id: 3, parent: 1, attributes: kind('query') },
    ),
  );
  expect(beside.map((run) => run.kind)).toEqual(['query']);
});

it('has a warning once, where it was raised', () => {
  const codes = (...names: readonly string[]) => ({ 'planscope.warnings.codes': names });
  const [run] = runsFromOtlpJson(
    request(
      { id: 1, attributes: kind('query', codes('large-result', 'small-reads')) },
      { id: 2, parent: 1, attributes: engine('0', codes('small-reads')) },
    ),
  );
  expect(run?.warnings).toEqual([
    { code: 'large-result', queryId: spanId(1) },
    { code: 'small-reads', operatorId: spanId(2), queryId: spanId(1) },
  ]);
});

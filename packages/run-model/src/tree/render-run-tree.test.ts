import { expect, it } from 'vitest';
import type { Run } from '../run.ts';
import { traceFromSpans } from '../spans/runs-from-spans.ts';
import type { SdkSpan } from '../spans/sdk-spans.ts';
import { renderRunTree } from './render-run-tree.ts';

function span(
  spanId: string,
  parentSpanId: string | undefined,
  name: string,
  attributes: SdkSpan['attributes'],
  status = 0,
): SdkSpan {
  return {
    name,
    kind: 0,
    spanContext: () => ({ traceId: 'a'.repeat(32), spanId, traceFlags: 1 }),
    parentSpanId,
    startTime: [0, 0],
    endTime: [0, 1_000_000],
    status: { code: status },
    attributes,
    events: [],
    links: [],
    resource: { attributes: {} },
  };
}

function runOf(...spans: readonly SdkSpan[]): Run {
  return traceFromSpans(spans) as Run;
}

const stage = { 'planscope.span.kind': 'stage', 'planscope.timing.basis': 'measured' };
const task = { 'planscope.span.kind': 'task', 'planscope.timing.basis': 'measured' };
const operator = (compute: number): Record<string, string | number> => ({
  'planscope.span.kind': 'operator',
  'planscope.operator.id': '0',
  'planscope.timing.basis': 'observed_events',
  'datafusion.metrics.elapsed_compute': compute,
});

it('tells stages and tasks apart, and adds up the compute time of all stages of a query', () => {
  const tree = renderRunTree(
    runOf(
      span('q', undefined, 'SELECT orders', { 'planscope.span.kind': 'query', 'planscope.timing.basis': 'measured' }),
      span('s0', 'q', 'stage', { ...stage, 'planscope.stage.id': '0', 'planscope.stage.task_count': 1 }),
      span('o0', 's0', 'Output', operator(1_000_000)),
      span('s1', 'q', 'stage', {
        ...stage,
        'planscope.stage.id': '1',
        'planscope.stage.parents': ['0'],
        'planscope.stage.task_count': 2_000,
        'planscope.stage.failed_task_count': 1,
      }),
      span('t1', 's1', 'task', {
        ...task,
        'planscope.task.id': '12',
        'planscope.task.host': 'worker-3',
        'planscope.task.attempt': 1,
      }),
      span('o1', 's1', 'TableScan', operator(3_000_000)),
    ),
  );
  expect(tree).toMatchInlineSnapshot(`
    "span             duration     compute  share        rows       bytes  times
    SELECT orders     1.00 ms                                             measured
    ├ stage           1.00 ms                                             measured         0, 1 task
    │ └ Output        1.00 ms     1.00 ms   25 %                          observed_events
    └ stage           1.00 ms                                             measured         1, read by 0, 2,000 tasks, 1 failed
      ├ task          1.00 ms                                             measured         12 on worker-3, attempt 2
      └ TableScan     1.00 ms     3.00 ms ► 75 %                          observed_events"
  `);
});

it('keeps rows and bytes in a narrow terminal, and shortens names first', () => {
  const run = runOf(
    span('q', undefined, 'SELECT a_table_with_a_rather_long_name', {
      'planscope.span.kind': 'query',
      'planscope.timing.basis': 'measured',
    }),
    span('o', 'q', 'HASH_GROUP_BY', {
      ...operator(1_000_000),
      'planscope.timing.basis': 'execution_window',
      'datafusion.metrics.output_rows': 999_499,
      'planscope.metrics.estimated_rows': 200_000,
    }),
    span('r', 'o', 'TABLE_SCAN', {
      ...operator(3_000_000),
      'planscope.metrics.bytes_read': 12_345_678,
    }),
  );
  expect(renderRunTree(run, { columns: 80 })).toMatchInlineSnapshot(`
    "span                        duration compute  share              rows      bytes  times
    SELECT a_table_with_a_rath…  1.00 ms                                              measured
    └ HASH_GROUP_BY                      1.00 ms   25 % 200,000 → 999,499             execution_window
      └ TABLE_SCAN               1.00 ms 3.00 ms ► 75 %                   12,345,678  observed_events"
  `);
  expect(renderRunTree(run, { columns: 60 })).toMatchInlineSnapshot(`
    "span                    compute              rows      bytes  times
    SELECT a_table_with_a_…                                       measured
    └ HASH_GROUP_BY         1.00 ms 200,000 → 999,499             execution_window
      └ TABLE_SCAN          3.00 ms                   12,345,678  observed_events"
  `);
  expect(renderRunTree(run, { columns: 40 })).toMatchInlineSnapshot(`
    "span                 compute              rows  times
    SELECT a_table_with…                            measured
    └ HASH_GROUP_BY      1.00 ms 200,000 → 999,499  execution_window
      └ TABLE_SCAN       3.00 ms                    observed_events"
  `);
  expect(renderRunTree(run, { columns: 200 })).toBe(renderRunTree(run));
});

it('escapes what a terminal would obey, in all texts of a trace', () => {
  const hostile = (text: string): string => `${text}\u001b[2J\n`;
  const tree = renderRunTree(
    runOf(
      span('q', undefined, hostile('SELECT'), { 'error.type': hostile('Refused') }, 2),
      span('s', 'q', 'stage', { ...stage, 'planscope.stage.id': hostile('0') }),
      span('o', 'q', 'SCAN', { ...operator(1), 'datafusion.node': `SCAN: table=${hostile('lineitem')}` }),
      span('r', 'q', 'get', { 'planscope.span.kind': 'storage', 'object_store.location': `/data/${hostile('a.csv')}` }),
    ),
  );
  expect(tree).not.toContain('\u001b');
  expect(tree.split('\n')).toHaveLength(5);
  for (const text of ['SELECT', '!Refused', '0', 'lineitem', 'get a.csv']) expect(tree).toContain(`${text}\\u{1B}[2J`);
});

it('draws a trace that is deeper than the call stack', () => {
  const deep = Array.from({ length: 20_000 }, (_, index) =>
    span(`${index}`, index === 0 ? undefined : `${index - 1}`, 'x', {}),
  );
  const lines = renderRunTree(runOf(...deep)).split('\n');
  expect(lines).toHaveLength(20_001);
  expect(lines.at(-1)).toMatch(/└ x$|└ x +1\.00 ms$/);
});

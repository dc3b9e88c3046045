import { expect, it } from 'vitest';
import { renderTraceTree } from './render-trace-tree.ts';
import type { TreeSpan } from './tree-rows.ts';

function span(
  spanId: string,
  parentSpanId: string | undefined,
  name: string,
  attributes: Readonly<Record<string, string | number | readonly string[]>>,
): TreeSpan {
  return {
    spanId,
    parentSpanId,
    name,
    start: 0n,
    end: 1_000_000n,
    failed: false,
    attributes: new Map(Object.entries(attributes)) as TreeSpan['attributes'],
  };
}

const stage = { 'planscope.span.kind': 'stage', 'planscope.timing.basis': 'measured' };
const task = { 'planscope.span.kind': 'task', 'planscope.timing.basis': 'measured' };
const operator = (compute: number): Record<string, string | number> => ({
  'planscope.span.kind': 'operator',
  'planscope.timing.basis': 'observed_events',
  'datafusion.metrics.elapsed_compute': compute,
});

it('tells stages and tasks apart, and adds up the compute time of all stages of a query', () => {
  const tree = renderTraceTree([
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
  ]);
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
  const spans = [
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
  ];
  expect(renderTraceTree(spans, { columns: 80 })).toMatchInlineSnapshot(`
    "span                        duration compute  share              rows      bytes  times
    SELECT a_table_with_a_rath…  1.00 ms                                              measured
    └ HASH_GROUP_BY                      1.00 ms   25 % 200,000 → 999,499             execution_window
      └ TABLE_SCAN               1.00 ms 3.00 ms ► 75 %                   12,345,678  observed_events"
  `);
  expect(renderTraceTree(spans, { columns: 60 })).toMatchInlineSnapshot(`
    "span                    compute              rows      bytes  times
    SELECT a_table_with_a_…                                       measured
    └ HASH_GROUP_BY         1.00 ms 200,000 → 999,499             execution_window
      └ TABLE_SCAN          3.00 ms                   12,345,678  observed_events"
  `);
  expect(renderTraceTree(spans, { columns: 40 })).toMatchInlineSnapshot(`
    "span                 compute              rows  times
    SELECT a_table_with…                            measured
    └ HASH_GROUP_BY      1.00 ms 200,000 → 999,499  execution_window
      └ TABLE_SCAN       3.00 ms                    observed_events"
  `);
  expect(renderTraceTree(spans, { columns: 200 })).toBe(renderTraceTree(spans));
});

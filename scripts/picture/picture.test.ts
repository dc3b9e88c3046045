import { describe, expect, it } from 'vitest';
import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import { drawPicture, pictureRows, ticks } from './draw-picture.ts';

const MILLISECOND = 1_000_000n;

interface Drawn {
  readonly kind: string;
  readonly parent?: string;
  readonly from?: bigint;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A span of ten milliseconds whose identity is its name. */
function span(name: string, { kind, parent, from = 0n, more = {} }: Drawn): TreeSpan {
  return {
    spanId: name,
    parentSpanId: parent,
    name,
    start: from * MILLISECOND,
    end: (from + 10n) * MILLISECOND,
    failed: false,
    attributes: new Map(Object.entries({ 'planscope.span.kind': kind, ...more })),
  };
}

const trace: TreeSpan[] = [
  span('run', { kind: 'run' }),
  span('UploadExec', { kind: 'operator', parent: 'run', from: 5n }),
  span('LaterExec', { kind: 'operator', parent: 'run', from: 8n }),
  span('ScanExec', { kind: 'operator', parent: 'LaterExec', from: 8n }),
  span('analyze_logical_plan', { kind: 'phase', parent: 'run', from: 6n, more: { 'planscope.planner': 'spec' } }),
  span('idle_rule', { kind: 'rule', parent: 'analyze_logical_plan' }),
  span('busy_rule (modified)', { kind: 'rule', parent: 'analyze_logical_plan' }),
  span('reading_rule', { kind: 'rule', parent: 'analyze_logical_plan', from: 1n }),
  span('file.head', { kind: 'storage', parent: 'reading_rule', from: 1n }),
  span('create_physical_plan', { kind: 'phase', parent: 'UploadExec', more: { 'planscope.planner': 'duckdb' } }),
  span('create_plan', { kind: 'rule', parent: 'create_physical_plan' }),
  span('file.put', {
    kind: 'storage',
    parent: 'UploadExec',
    more: { 'object_store.location': 'out/a<b>.csv', 'object_store.content_length': 1555 },
  }),
];

describe('pictureRows', () => {
  it('has planning first, and leaves out idle rules', () => {
    expect(pictureRows(trace).map(({ label }) => label)).toEqual([
      'run',
      '├ analyze_logical_plan',
      '│ ├ busy_rule (modified)',
      '│ └ reading_rule',
      '│   └ file.head',
      '├ UploadExec',
      '│ ├ create_physical_plan',
      '│ └ file.put a<b>.csv',
      '└ LaterExec',
      '  └ ScanExec',
    ]);
  });
});

describe('drawPicture', () => {
  it('says how much of the trace it shows, and escapes what spans say', () => {
    const svg = drawPicture(trace);
    expect(svg).toContain('10 of 12 spans');
    expect(svg).toContain('file.put a&lt;b&gt;.csv');
    expect(svg).toContain('1,555');
    expect(svg).not.toContain('a<b>');
  });

  it('draws hollow what only its execution is known of, with its compute time', () => {
    const window = { 'planscope.timing.basis': 'execution_window', 'datafusion.metrics.elapsed_compute': 2_500_000 };
    const svg = drawPicture([
      span('run', { kind: 'run' }),
      span('SCAN', { kind: 'operator', parent: 'run', more: window }),
    ]);
    expect(svg).toContain('class="operator window"');
    expect(svg).toContain('2.5 ms compute');
  });

  it('shows what an operator does, its estimate beside its rows, and what it read', () => {
    const metrics = { 'planscope.metrics.estimated_rows': 2000, 'datafusion.metrics.output_rows': 1999 };
    const scan = {
      ...metrics,
      'planscope.metrics.bytes_read': 4711,
      'datafusion.node': 'READ_CSV: files=a/flights.csv, filter=delay > ?1',
    };
    const svg = drawPicture([
      span('run', { kind: 'run' }),
      span('READ_CSV', { kind: 'operator', parent: 'run', more: scan }),
    ]);
    expect(svg).toContain('flights.csv, filter=delay &gt; ?1');
    expect(svg).toContain('2,000 → 1,999');
    expect(svg).toContain('4,711');
  });

  it('refuses a trace without spans', () => {
    expect(() => drawPicture([])).toThrow(/no spans/);
  });
});

describe('ticks', () => {
  it.each([
    [754, [0, 200, 400, 600]],
    [10, [0, 2, 4, 6, 8, 10]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ])('are round numbers up to %d', (end, expected) => {
    const found = ticks(end);
    expect(found).toHaveLength(expected.length);
    found.forEach((tick, index) => {
      expect(tick).toBeCloseTo(expected[index] ?? Number.NaN);
    });
  });
});

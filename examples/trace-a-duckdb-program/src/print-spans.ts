import { type SpanNode, type SpanRecorder, spanForest } from '@planscope/testing';

/**
 * Prints spans as trees, one line a span: its name, how long it took, its own compute time, and the rows that came out.
 *
 * DuckDB's optimizers are counted, not shown one by one.
 */
export function printSpans(spans: ReturnType<SpanRecorder['spans']>): void {
  console.log(`\n${line('', 'took', 'compute', 'rows')}`);
  for (const root of spanForest(spans)) printNode(root, 0);
}

function printNode({ span, children }: SpanNode, depth: number): void {
  const { attributes, duration } = span;
  const isRule = (child: SpanNode): boolean => child.span.attributes['planscope.span.kind'] === 'rule';
  const rules = children.filter(isRule).length;
  const name = `${'  '.repeat(depth)}${span.name}${rules > 0 ? ` (${rules})` : ''}`;
  // DuckDB says how long an operator computed, not when: each of its spans spans the whole execution.
  const window = attributes['planscope.timing.basis'] === 'execution_window';
  const compute = attributes['datafusion.metrics.elapsed_compute'];
  const rows = attributes['datafusion.metrics.output_rows'];
  const took = window ? '' : milliseconds(duration[0] * 1e9 + duration[1]);
  console.log(line(name, took, typeof compute === 'number' ? milliseconds(compute) : '', String(rows ?? '')));
  for (const child of children) if (!isRule(child)) printNode(child, depth + 1);
}

function line(name: string, took: string, compute: string, rows: string): string {
  return `${name.padEnd(36)}${took.padStart(10)}${compute.padStart(12)}${rows.padStart(10)}`.trimEnd();
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(1)} ms`;
}

import { type FileSpan, readTraceFile, type SpanNode, spanForest } from '@planscope/testing';

/** Prints one trace of a trace file, one line a span: its name, how a run or operator ended, and how long it took. */
export function printTrace(path: string, trace: number): void {
  console.log(`\nTrace ${trace}`);
  const spans = readTraceFile(path).filter(({ traceId }) => Number(`0x${traceId}`) === trace);
  for (const root of spanForest(spans)) printNode(root, 0);
}

function printNode({ span, children }: SpanNode<FileSpan>, depth: number): void {
  const milliseconds = Number(span.end - span.start) / 1e6;
  const status = span.attributes.get('planscope.run.status') ?? '';
  const name = `${'  '.repeat(depth)}${span.name} ${status}`;
  console.log(name.padEnd(48) + `${milliseconds.toFixed(1)} ms`.padStart(10));
  // DuckDB's planner says only how long its phases took, so their place among the operators means nothing.
  for (const child of children) if (!isOperator(child)) printNode(child, depth + 1);
  for (const child of children) if (isOperator(child)) printNode(child, depth + 1);
}

function isOperator({ span }: SpanNode<FileSpan>): boolean {
  return span.attributes.get('planscope.span.kind') === 'operator';
}

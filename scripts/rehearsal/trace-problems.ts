import { type FileSpan, type SpanNode, spanForest } from '../../packages/testing/src/index.ts';

/** Spans that the trace of a query over a file must hold, whatever else it holds. */
const expected = ['planscope.execute', 'analyze_logical_plan', 'DuckDBExec', 'READ_CSV', 'HASH_GROUP_BY'];

/**
 * What is wrong with the trace of one query over a file; nothing where it is right.
 * @param version that every tracer of Planscope must carry
 */
export function traceProblems(spans: readonly FileSpan[], version: string): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name);
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId));
  const traces = new Set(spans.map(({ traceId }) => traceId));
  const foreign = spans.filter(({ scope }) => !scope.name.startsWith('@planscope/') || scope.version !== version);
  const problems = [
    ...expected.filter((name) => !spans.some((span) => span.name === name)).map((name) => `no span ${name}`),
    ...orphans.map(({ name }) => `the parent of ${name} is missing`),
    ...foreign.map(({ name, scope }) => `${name} is of ${scope.name} ${scope.version}, not of ${version}`),
  ];
  if (roots.join() !== 'planscope.execute') problems.push(`the roots are ${roots.join(', ') || 'none'}`);
  if (traces.size !== 1) problems.push(`${traces.size} traces`);
  return problems;
}

/** The names of the spans as a tree, indented, siblings in the order they were started. */
export function renderTrace(spans: readonly FileSpan[], indent = ''): string[] {
  return spanForest(spans).flatMap((root) => renderNode(root, indent));
}

function renderNode({ span, children }: SpanNode<FileSpan>, indent: string): string[] {
  return [`${indent}${span.name}`, ...children.flatMap((child) => renderNode(child, `${indent}  `))];
}

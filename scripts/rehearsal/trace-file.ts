/** A span of a trace file, with the tracer that made it. */
export interface FileSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly scope: { readonly name: string; readonly version?: string };
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly scope: FileSpan['scope']; readonly spans: readonly FileSpan[] }[];
  }[];
}

/** The spans of a trace file: OTLP JSON, one export request a line. */
export function readTraceFile(text: string): FileSpan[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as ExportRequest).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ scope, spans }) => spans.map((span) => ({ ...span, scope })));
}

/** Spans that the trace of a query over a file must hold, whatever else it holds. */
const expected = ['planscope.execute', 'analyze_logical_plan', 'DuckDBExec', 'READ_CSV', 'HASH_GROUP_BY'];

/**
 * What is wrong with the trace of one query over a file; nothing where it is right.
 * @param version that every tracer of Planscope must carry
 */
export function traceProblems(spans: readonly FileSpan[], version: string): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => !parentSpanId).map(({ name }) => name);
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId));
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

/** The names of the spans as a tree, indented, in the order of the file. */
export function renderTrace(spans: readonly FileSpan[], parent = '', indent = ''): string[] {
  return spans
    .filter(({ parentSpanId }) => (parentSpanId ?? '') === parent)
    .flatMap(({ name, spanId }) => [`${indent}${name}`, ...renderTrace(spans, spanId, `${indent}  `)]);
}

import { readFile } from 'node:fs/promises';

/** What this looks at of a span in a file of OTLP JSON lines. */
interface FiledSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

interface ExportRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly FiledSpan[] }[] }[];
}

/** Prints one trace of a trace file, one line a span: its name, how a run or operator ended, and how long it took. */
export async function printTrace(path: string, trace: number): Promise<void> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const spans = lines
    .map((line): ExportRequest => JSON.parse(line))
    .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
    .filter(({ traceId }) => Number(`0x${traceId}`) === trace)
    .sort((left, right) => Number(BigInt(left.startTimeUnixNano) - BigInt(right.startTimeUnixNano)))
    // DuckDB's planner says only how long its phases took, so their place among the operators means nothing.
    .sort((left, right) => Number(isOperator(left)) - Number(isOperator(right)));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const printBelow = (parents: readonly FiledSpan[], depth: number): void => {
    for (const span of parents) {
      const millis = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
      const status = attribute(span, 'planscope.run.status') ?? '';
      console.log(`${'  '.repeat(depth)}${span.name} ${status}`.padEnd(48) + `${millis.toFixed(1)} ms`.padStart(10));
      printBelow(
        spans.filter(({ parentSpanId }) => parentSpanId === span.spanId),
        depth + 1,
      );
    }
  };
  console.log(`\nTrace ${trace}`);
  printBelow(
    spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? '')),
    0,
  );
}

function attribute(span: FiledSpan, wanted: string): string | undefined {
  return span.attributes.find(({ key }) => key === wanted)?.value.stringValue;
}

function isOperator(span: FiledSpan): boolean {
  return attribute(span, 'planscope.span.kind') === 'operator';
}

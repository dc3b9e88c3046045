import { readFileSync } from 'node:fs';

/** A span in a file of OTLP JSON lines. */
export interface FiledSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty or absent for a root. */
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface ExportRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly FiledSpan[] }[] }[];
}

/** All spans of a trace file, in the order they were exported. */
export function readTraceFile(path: string): FiledSpan[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines
    .map((line): ExportRequest => JSON.parse(line))
    .flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
}

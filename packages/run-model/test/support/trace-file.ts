import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReadIssue, ReadRunsOptions, Run } from '../../src/index.ts';
import { readRuns } from '../../src/index.ts';
import type { TextChunks } from '../../src/otlp/line-splitter.ts';

/** A fixture, see `test/fixtures/README.md`. */
export function fixture(name: 'demo' | 'tpch'): Uint8Array {
  return gunzipSync(readFileSync(new URL(`../fixtures/${name}.jsonl.gz`, import.meta.url)));
}

export interface ReadTraces {
  readonly runs: readonly Run[];
  readonly issues: readonly ReadIssue[];
}

/** Reads everything. */
export async function readAll(chunks: TextChunks, options: ReadRunsOptions = {}): Promise<ReadTraces> {
  const issues: ReadIssue[] = [];
  const runs: Run[] = [];
  for await (const run of readRuns(chunks, { ...options, onIssue: (issue) => issues.push(issue) })) runs.push(run);
  return { runs, issues };
}

/** A span of a test. Times in nanoseconds; attributes as they are. */
export interface TestSpan {
  readonly id: number | string;
  readonly trace?: number;
  readonly parent?: number | string;
  readonly name?: string;
  readonly start?: number;
  readonly end?: number;
  readonly remote?: boolean;
  readonly attributes?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

export function spanId(id: number | string): string {
  return typeof id === 'string' ? id : id.toString(16).padStart(16, '0');
}

export function traceId(id: number): string {
  return id.toString(16).padStart(32, '0');
}

/** An export request as a line of OTLP/JSON. */
export function line(...spans: readonly TestSpan[]): string {
  return JSON.stringify(request(...spans));
}

export function request(...spans: readonly TestSpan[]): unknown {
  return requestOf(spans);
}

/** An export request with any number of spans. */
export function requestOf(spans: readonly TestSpan[]): unknown {
  return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: spans.map(otlpSpan) }] }] };
}

function otlpSpan(span: TestSpan): unknown {
  const {
    id,
    trace = 1,
    parent,
    name = 'span',
    start = 0,
    end = start + 10,
    remote = false,
    attributes = {},
    more,
  } = span;
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    name,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    flags: remote ? 0x300 : 0x100,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
    ...more,
  };
}

function otlpValue(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: (value as readonly string[]).map(otlpValue) } };
}

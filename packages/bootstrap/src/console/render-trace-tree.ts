import {
  ATTR_ERROR_TYPE,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_TIMING_BASIS,
  datafusionMetricKey,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_ROWS,
} from '@planscope/semconv';
import { treeRows } from './tree-rows.ts';
import type { TreeSpan } from './tree-span.ts';

/** How a tree looks. */
export interface TreeStyle {
  /** What stands above the names of the spans; default `span`. */
  readonly title?: string;
  /** Marks the heading, as with a colour. */
  readonly heading?: (line: string) => string;
  /** Marks the line of a span that failed. */
  readonly failed?: (line: string) => string;
}

const asItIs = (line: string): string => line;

/**
 * One line a span: name, duration, own compute time, rows, bytes, and how its times came about, with `!error.type`
 * where it failed. Rules that took next to no time and changed nothing share one line.
 */
export function renderTraceTree(spans: readonly TreeSpan[], style: TreeStyle = {}): string {
  const { title = 'span', heading = asItIs, failed = asItIs } = style;
  const rows = treeRows(spans);
  const width = rows.reduce((widest, { label }) => Math.max(widest, label.length), title.length);
  const head = cells(title.padEnd(width), ['duration', 'compute', 'rows', 'bytes'], 'times');
  const lines = rows.map(({ label, span }) => {
    const line = cells(label.padEnd(width), figures(span), remark(span));
    return span.failed ? failed(line) : line;
  });
  return [heading(head), ...lines].join('\n');
}

function cells(label: string, figures: readonly string[], remark: string): string {
  return [label, ...figures.map((text) => text.padStart(11)), ` ${remark}`].join(' ').trimEnd();
}

function figures({ attributes, start, end }: TreeSpan): string[] {
  const metric = (name: string): unknown => attributes.get(datafusionMetricKey(name));
  const bytes =
    attributes.get(ATTR_OBJECT_STORE_RESULT_BYTES) ??
    attributes.get(ATTR_OBJECT_STORE_CONTENT_LENGTH) ??
    metric(METRIC_BYTES_READ) ??
    metric(METRIC_BYTES_WRITTEN);
  return [
    milliseconds(Number(end - start)),
    milliseconds(metric(METRIC_ELAPSED_COMPUTE)),
    count(metric(METRIC_OUTPUT_ROWS)),
    count(bytes),
  ];
}

function remark({ attributes, failed }: TreeSpan): string {
  const basis = String(attributes.get(ATTR_TIMING_BASIS) ?? '');
  return failed ? `${basis} !${attributes.get(ATTR_ERROR_TYPE) ?? 'error'}`.trimStart() : basis;
}

function milliseconds(nanoseconds: unknown): string {
  return typeof nanoseconds === 'number' ? `${(nanoseconds / 1e6).toFixed(2)} ms` : '';
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

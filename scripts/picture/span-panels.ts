import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import { ATTR_DATAFUSION_PREVIEW, METRIC_BYTES_READ, operatorMetricKey } from '../../packages/semconv/src/index.ts';
import { count } from './format.ts';
import type { Panel } from './panel.ts';

/** What the panel of a scan shows of it, with units. */
const SHOWN: Readonly<Record<string, string>> = {
  'datafusion.metrics.output_rows': '',
  'planscope.metrics.estimated_rows': '',
  'datafusion.metrics.elapsed_compute': ' ns',
  'planscope.metrics.bytes_read': ' B',
  'planscope.metrics.read_requests': '',
  'duckdb.projections': '',
  'duckdb.filters': '',
  'duckdb.dynamic_filters': '',
  'planscope.timing.basis': '',
};
const VALUE_LENGTH = 27;

/** The attributes of the scan that read most; undefined where no scan says what it read. */
export function scanPanel(spans: readonly TreeSpan[]): Panel | undefined {
  const read = (span: TreeSpan): number => Number(span.attributes.get(operatorMetricKey(METRIC_BYTES_READ)) ?? 0);
  const [scan] = [...spans].sort((left, right) => read(right) - read(left));
  if (scan === undefined || read(scan) === 0) return undefined;
  const lines = Object.entries(SHOWN)
    .filter(([key]) => scan.attributes.has(key))
    .map(([key, unit]) => [key, shorten(written(scan.attributes.get(key)) + unit)] as const);
  return { heading: `${scan.name}: attributes, some of ${scan.attributes.size}`, lines };
}

/** The first preview of rows; undefined where there is none. */
export function previewPanel(spans: readonly TreeSpan[]): Panel | undefined {
  const span = spans.find(({ attributes }) => attributes.has(ATTR_DATAFUSION_PREVIEW));
  if (span === undefined) return undefined;
  const lines = String(span.attributes.get(ATTR_DATAFUSION_PREVIEW)).split('\n');
  return { heading: `${span.name}: ${ATTR_DATAFUSION_PREVIEW}`, lines };
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : count(value) || String(value);
}

function shorten(value: string): string {
  return value.length > VALUE_LENGTH ? `${value.slice(0, VALUE_LENGTH - 1)}…` : value;
}

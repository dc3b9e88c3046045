import { type SpanNode, spanForest } from '../../internal/src/span-forest.ts';
import { computeShares } from '../../packages/bootstrap/src/console/compute-shares.ts';
import { foldProjections, placeSharedReads } from '../../packages/bootstrap/src/console/fold-rows.ts';
import { nodeLine } from '../../packages/bootstrap/src/console/node-line.ts';
import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import {
  ATTR_DATAFUSION_PREVIEW,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_PLANNER,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  MODIFIED_SUFFIX,
  operatorMetricKey,
} from '../../packages/semconv/src/index.ts';

const [ROWS, ESTIMATE, COMPUTE, READ, WRITTEN] = [
  METRIC_OUTPUT_ROWS,
  METRIC_ESTIMATED_ROWS,
  METRIC_ELAPSED_COMPUTE,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
].map(operatorMetricKey) as [string, string, string, string, string];
const BYTES = [ATTR_OBJECT_STORE_RESULT_BYTES, ATTR_OBJECT_STORE_CONTENT_LENGTH, READ, WRITTEN];

/** Measures of the picture, in its own units. */
const WIDTH = 1000;
const MARGIN = 16;
const LINE = 20;
/** Width of one character of the monospaced font at its size. */
const CHARACTER = 7.23;
const BARS = { from: 424, to: 760 };
const ROWS_AT = 896;
const TOP = 58;

/** Colours are legible on the picture's own ground, which follows the reader's choice of light or dark. */
const STYLE = `
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
.ground { fill: #ffffff; stroke: #d0d7de } .panel { fill: #f6f8fa; stroke: #d0d7de }
.title { font-weight: 600 } .quiet { fill: #59636e } .end { text-anchor: end }
.grid { stroke: #d0d7de; stroke-dasharray: 2 3 }
.run { fill: #6e7781 } .phase { fill: #8250df } .rule { fill: #a475f9 } .operator { fill: #0969da } .storage { fill: #1a7f37 }
.window { fill-opacity: .1; stroke: #0969da; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d } .panel { fill: #151b23; stroke: #3d444d } .grid { stroke: #3d444d }
.run { fill: #9198a1 } .phase { fill: #ab7df8 } .rule { fill: #cdb2ff } .operator { fill: #4493f8 } .storage { fill: #3fb950 }
.window { fill-opacity: .18; stroke: #4493f8 }
}`;

function text(x: number, y: number, content: string, style = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return content === '' ? '' : `<text x="${x.toFixed(1)}" y="${y}" class="${style}">${escaped}</text>`;
}

function rectangle(x: number, y: number, width: number, height: number, style: string): string {
  const [left, across] = [x, width].map((value) => value.toFixed(1));
  return `<rect x="${left}" y="${y}" width="${across}" height="${height}" rx="2" class="${style}"/>`;
}

function shorten(content: string, length: number): string {
  return content.length > length ? `${content.slice(0, Math.max(0, length - 1))}…` : content;
}

/** Nanoseconds as milliseconds, with as many digits as tell something. */
function milliseconds(nanoseconds: number): string {
  const value = nanoseconds / 1e6;
  if (value < 0.01) return '< 0.01 ms';
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** Round numbers from 0 to an end, at most six. */
export function ticks(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / 6));
  const step = power * ([1, 2, 5, 10].find((factor) => end / (power * factor) < 6) ?? 10);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

/** The first of these attributes that is a number, as people read it; empty where none is. */
function figure({ attributes }: TreeSpan, ...keys: readonly string[]): string {
  const value = keys.map((key) => attributes.get(key)).find((each) => typeof each === 'number');
  return value?.toLocaleString('en-US') ?? '';
}

function kindOf({ attributes }: TreeSpan): string {
  return String(attributes.get(ATTR_SPAN_KIND) ?? '');
}

/**
 * The spans of a trace from top to bottom, planning first. Left out, so that the picture stays small: the steps of an
 * engine's own planner, rules that changed nothing and read nothing, projections that cost nothing and keep all rows, and
 * what is below all outputs but the first.
 */
export function pictureRows(all: readonly TreeSpan[]): { readonly span: TreeSpan; readonly depth: number }[] {
  const isPhase = (span: TreeSpan): boolean => kindOf(span) === 'phase';
  const spans = placeSharedReads(foldProjections(all, computeShares(all)).spans).toSorted(
    (left, right) => Number(isPhase(right)) - Number(isPhase(left)) || Number(left.start - right.start),
  );
  const isIdle = ({ span, children }: SpanNode<TreeSpan>): boolean =>
    kindOf(span) === 'rule' && !span.name.endsWith(MODIFIED_SUFFIX) && children.length === 0;
  const visit = ({ span, children }: SpanNode<TreeSpan>, depth: number): ReturnType<typeof pictureRows> => {
    const isEnginePhase = isPhase(span) && span.attributes.get(ATTR_PLANNER) !== 'spec';
    const shown = isEnginePhase ? [] : children.filter((child) => !isIdle(child));
    const firstOutput = shown.find((child) => kindOf(child.span) === 'operator');
    const below = shown.flatMap((child) => {
      const isLater = depth === 0 && kindOf(child.span) === 'operator' && child !== firstOutput;
      return visit(isLater ? { span: child.span, children: [] } : child, depth + 1);
    });
    return [{ span, depth }, ...below];
  };
  return spanForest(spans, (span) => span).flatMap((root) => visit(root, 0));
}

/** The picture of one trace, as SVG: a waterfall, what one scan says of itself, and a preview. */
export function drawPicture(spans: readonly TreeSpan[]): string {
  const rows = pictureRows(spans);
  const run = rows[0]?.span;
  if (run === undefined) throw new Error('the trace has no spans to draw');
  const duration = Number(run.end - run.start);
  const at = (nanoseconds: number): number => BARS.from + (nanoseconds / duration) * (BARS.to - BARS.from);
  const bottom = TOP + rows.length * LINE;
  const title = `${run.name}: ${milliseconds(duration)}, ${rows.length} of ${spans.length} spans`;
  const axis = ticks(duration).flatMap((tick) => [
    text(at(tick) - 14, TOP, `${tick / 1e6} ms`, 'quiet'),
    `<path d="M${at(tick).toFixed(1)} ${TOP + 6}V${bottom + 6}" class="grid"/>`,
  ]);
  const bars = rows.flatMap(({ span, depth }, index) =>
    drawRow(span, depth, TOP + (index + 1) * LINE, (time) => at(Number(time - run.start))),
  );

  const panels = [scanPanel(spans), previewPanel(spans)].filter((lines) => lines.length > 0);
  const panelHeight = Math.max(0, ...panels.map(({ length }) => length * (LINE - 4) + LINE));
  const panelWidth = (WIDTH - 3 * MARGIN) / 2;
  const boxes = panels.flatMap((lines, index) => {
    const [x, y] = [MARGIN + index * (panelWidth + MARGIN), bottom + LINE];
    const line = (content: string, place: number): string =>
      text(x + 12, y + LINE + place * (LINE - 4), shorten(content, 64), place === 0 ? 'title' : '');
    return [rectangle(x, y, panelWidth, panelHeight, 'panel'), ...lines.map(line)];
  });
  const height = bottom + LINE + panelHeight + MARGIN;
  const content = [
    `<title>${title}</title>\n<style>${STYLE}</style>`,
    rectangle(0.5, 0.5, WIDTH - 1, height - 1, 'ground'),
    text(MARGIN, 30, title, 'title'),
    text(WIDTH - MARGIN, 30, 'hollow: ran somewhere in this window', 'quiet end'),
    text(MARGIN, TOP, 'span', 'quiet'),
    text(ROWS_AT, TOP, 'estimate → rows', 'quiet end'),
    text(WIDTH - MARGIN, TOP, 'bytes', 'quiet end'),
    ...[...axis, ...bars, ...boxes],
  ];
  const drawn = content.filter((part) => part !== '').join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" xml:space="preserve">${drawn}</svg>\n`;
}

/** One span: its name and what it does, its bar with a time, its rows, its bytes. */
function drawRow(span: TreeSpan, depth: number, y: number, at: (time: bigint) => number): string[] {
  const location = span.attributes.get(ATTR_OBJECT_STORE_LOCATION);
  const file =
    typeof location === 'string'
      ? ` ${location
          .split('/')
          .at(-1)
          ?.replace(/^.{12,}(?=.{14}$)/, '…')}`
      : '';
  const name = `${depth === 0 ? '' : '└ '}${span.name}${file}${span.note === undefined ? '' : ` (${span.note})`}`;
  const x = MARGIN + Math.max(0, depth - 1) * 2 * CHARACTER;
  const detail = shorten(nodeLine(span), Math.floor((BARS.from - x) / CHARACTER) - name.length - 2);
  // A bar whose width says nothing of its operator is hollow, with the time that was measured in it.
  const isWindow = span.attributes.get(ATTR_TIMING_BASIS) === 'execution_window';
  const compute = span.attributes.get(COMPUTE);
  const computed = typeof compute === 'number' ? `${milliseconds(compute)} compute` : '';
  const label = isWindow ? computed : milliseconds(Number(span.end - span.start));
  const [from, to] = [at(span.start), Math.max(at(span.end), at(span.start) + 1.5)];
  const isRoom = to + 5 + label.length * CHARACTER < BARS.to + 4;
  const rows = figure(span, ROWS);
  const estimated = figure(span, ESTIMATE);
  return [
    text(x, y, name),
    text(x + (name.length + 1) * CHARACTER, y, detail, 'quiet'),
    rectangle(from, y - 9, to - from, 11, `${kindOf(span)}${isWindow ? ' window' : ''}`),
    depth === 0 ? '' : text(isRoom ? to + 5 : from - 5, y, label, isRoom ? 'quiet' : 'quiet end'),
    text(ROWS_AT, y, estimated === '' ? rows : `${estimated} → ${rows || '?'}`, 'end'),
    text(WIDTH - MARGIN, y, figure(span, ...BYTES), 'end'),
  ];
}

const SHOWN = [
  ...[ROWS, ESTIMATE, COMPUTE, READ],
  'planscope.metrics.read_requests',
  'duckdb.projections',
  'duckdb.filters',
  'duckdb.dynamic_filters',
  ATTR_TIMING_BASIS,
];

/** What the scan that read most says of itself; nothing where no scan says what it read. */
function scanPanel(spans: readonly TreeSpan[]): string[] {
  const read = ({ attributes }: TreeSpan): number => Number(attributes.get(READ) ?? 0);
  const [scan] = spans.toSorted((left, right) => read(right) - read(left));
  if (scan === undefined || read(scan) === 0) return [];
  const shown = SHOWN.filter((key) => scan.attributes.has(key));
  const lines = shown.map((key) => `${key.padEnd(36)}${figure(scan, key) || scan.attributes.get(key)}`);
  return [`${scan.name}: attributes, some of ${scan.attributes.size}`, ...lines];
}

/** The first preview of rows; nothing where there is none. */
function previewPanel(spans: readonly TreeSpan[]): string[] {
  const span = spans.find(({ attributes }) => attributes.has(ATTR_DATAFUSION_PREVIEW));
  const preview = String(span?.attributes.get(ATTR_DATAFUSION_PREVIEW) ?? '');
  return span === undefined ? [] : [`${span.name}: ${ATTR_DATAFUSION_PREVIEW}`, ...preview.split('\n')];
}

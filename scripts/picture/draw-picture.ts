import { computeShares } from '../../packages/bootstrap/src/console/compute-shares.ts';
import { foldProjections, placeSharedReads } from '../../packages/bootstrap/src/console/fold-rows.ts';
import { nodeLine } from '../../packages/bootstrap/src/console/node-line.ts';
import { type TreeRow, type TreeSpan, treeRows } from '../../packages/bootstrap/src/console/tree-rows.ts';
import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_BYTES,
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
.ground { fill: #ffffff; stroke: #d0d7de }
.title { font-weight: 600 } .quiet { fill: #59636e } .end { text-anchor: end }
.grid { stroke: #d0d7de; stroke-dasharray: 2 3 }
.run { fill: #6e7781 } .phase { fill: #8250df } .rule { fill: #a475f9 } .operator { fill: #0969da } .storage { fill: #1a7f37 }
.window { fill-opacity: .1; stroke: #0969da; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d } .grid { stroke: #3d444d }
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
  return content.length > length ? `${content.slice(0, length - 1)}…`.slice(0, length) : content;
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
 * The spans of a trace as the console draws them. Left out, so that the picture stays small: rules that changed nothing
 * and read nothing, and projections that cost nothing and keep all rows.
 */
export function pictureRows(all: readonly TreeSpan[]): TreeRow[] {
  const parents = new Set(all.map(({ parentSpanId }) => parentSpanId));
  const isIdle = (span: TreeSpan): boolean =>
    kindOf(span) === 'rule' && !span.name.endsWith(MODIFIED_SUFFIX) && !parents.has(span.spanId);
  const { spans } = foldProjections(all, computeShares(all));
  return treeRows(placeSharedReads(spans.filter((span) => !isIdle(span))));
}

/** The picture of one trace, as SVG: a waterfall with the rows and bytes of each span. */
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
  const bars = rows.flatMap((row, index) =>
    drawRow(row, TOP + (index + 1) * LINE, (time) => at(Number(time - run.start))),
  );

  const height = bottom + MARGIN;
  const content = [
    `<title>${title}</title>\n<style>${STYLE}</style>`,
    rectangle(0.5, 0.5, WIDTH - 1, height - 1, 'ground'),
    text(MARGIN, 30, title, 'title'),
    text(WIDTH - MARGIN, 30, 'hollow: ran somewhere in this window', 'quiet end'),
    text(MARGIN, TOP, 'span', 'quiet'),
    text(ROWS_AT, TOP, 'estimate → rows', 'quiet end'),
    text(WIDTH - MARGIN, TOP, 'bytes', 'quiet end'),
    ...[...axis, ...bars],
  ];
  const drawn = content.filter((part) => part !== '').join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" xml:space="preserve">${drawn}</svg>\n`;
}

/** One span: its name and what it does, its bar with a time, its rows, its bytes. */
function drawRow({ label, span }: TreeRow, y: number, at: (time: bigint) => number): string[] {
  const characters = Math.floor((BARS.from - MARGIN) / CHARACTER) - 2;
  const name = shorten(label, characters);
  const detail = shorten(nodeLine(span), characters - name.length);
  // A bar whose width says nothing of its operator is hollow, with the time that was measured in it.
  const isWindow = span.attributes.get(ATTR_TIMING_BASIS) === 'execution_window';
  const compute = span.attributes.get(COMPUTE);
  const computed = typeof compute === 'number' ? `${milliseconds(compute)} compute` : '';
  const time = isWindow ? computed : milliseconds(Number(span.end - span.start));
  const [from, to] = [at(span.start), Math.max(at(span.end), at(span.start) + 1.5)];
  const isRoom = to + 5 + time.length * CHARACTER < BARS.to + 4;
  const rows = figure(span, ROWS);
  const estimated = figure(span, ESTIMATE);
  return [
    text(MARGIN, y, name),
    text(MARGIN + (name.length + 1) * CHARACTER, y, detail, 'quiet'),
    rectangle(from, y - 9, to - from, 11, `${kindOf(span)}${isWindow ? ' window' : ''}`),
    text(isRoom ? to + 5 : from - 5, y, time, isRoom ? 'quiet' : 'quiet end'),
    text(ROWS_AT, y, estimated === '' ? rows : `${estimated} → ${rows || '?'}`, 'end'),
    text(WIDTH - MARGIN, y, figure(span, ...BYTES), 'end'),
  ];
}

import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_TIMING_BASIS,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  operatorMetricKey,
} from '../../packages/semconv/src/index.ts';
import { CHARACTER, count, element, LINE, MARGIN, milliseconds, text, ticks, WIDTH } from './panel.ts';
import { kindOf, type PictureRow } from './picture-rows.ts';

const BARS_FROM = 424;
const BARS_TO = 772;
const ROWS_AT = 896;
const BYTES_AT = WIDTH - MARGIN;
const INDENT = 12;
const BAR_HEIGHT = 11;
/** Characters below which a detail says nothing. */
const SHORTEST_DETAIL = 8;

/**
 * Names, bars, rows and bytes, one line a span. A bar whose width says nothing of its operator is drawn hollow, with the time
 * that was measured in it.
 *
 * @param top where the first line of text is
 */
export function waterfall(rows: readonly PictureRow[], run: TreeSpan, top: number): string[] {
  const bottom = top + rows.length * LINE;
  const scale = (BARS_TO - BARS_FROM) / Number(run.end - run.start);
  const at = (time: bigint): number => BARS_FROM + Number(time - run.start) * scale;
  const head = [
    text(MARGIN, top, 'span', 'quiet'),
    text(ROWS_AT, top, 'estimate → rows', 'quiet', 'end'),
    text(BYTES_AT, top, 'bytes', 'quiet', 'end'),
    ...ticks(Number(run.end - run.start)).flatMap((tick) => {
      const x = BARS_FROM + tick * scale;
      return [
        element('text', { x, y: top, class: 'quiet', 'text-anchor': 'middle' }, `${tick / 1e6} ms`),
        element('line', { x1: x, x2: x, y1: top + 6, y2: bottom + 6, class: 'grid' }),
      ];
    }),
  ];
  return [...head, ...rows.flatMap((row, index) => line(row, top + (index + 1) * LINE, at))];
}

function line({ span, depth, title, detail, folded }: PictureRow, y: number, at: (time: bigint) => number): string[] {
  const x = MARGIN + depth * INDENT;
  const hidden = folded === 0 ? '' : ` +${folded}`;
  const room = Math.floor((BARS_FROM - x) / CHARACTER) - title.length - hidden.length - 2;
  const quiet = hidden + (detail === '' || room < SHORTEST_DETAIL ? '' : ` ${shortened(detail, room)}`);
  return [
    ...(depth === 0 ? [] : [element('path', { d: `M${x - 8} ${y - 11}v7h5`, class: 'guide', fill: 'none' })]),
    text(x, y, title),
    ...(quiet === '' ? [] : [text(x + title.length * CHARACTER, y, quiet, 'quiet')]),
    ...bar(span, y, at(span.start), at(span.end)),
    ...rowsOf(span, y),
    ...figure(BYTES_AT, y, bytesOf(span)),
  ];
}

function bar(span: TreeSpan, y: number, from: number, to: number): string[] {
  const compute = span.attributes.get(operatorMetricKey(METRIC_ELAPSED_COMPUTE));
  const isWindow = span.attributes.get(ATTR_TIMING_BASIS) === 'execution_window';
  const label = isWindow
    ? typeof compute === 'number'
      ? `${milliseconds(compute)} compute`
      : ''
    : milliseconds(Number(span.end - span.start));
  const width = Math.max(to - from, 1.5);
  const labelWidth = label.length * CHARACTER;
  const within = isWindow && labelWidth + 8 < width;
  const after = to + 5 + labelWidth < BARS_TO + 4;
  const [labelAt, anchor] = within ? [from + 5] : after ? [from + width + 5] : [from - 5, 'end' as const];
  return [
    element('rect', {
      x: from,
      y: y - BAR_HEIGHT + 2,
      width,
      height: BAR_HEIGHT,
      class: `bar ${isWindow ? 'window ' : ''}${kindOf(span)}`,
    }),
    ...(label === '' || (!within && !after && from - 5 - labelWidth < BARS_FROM)
      ? []
      : [text(labelAt, y, label, 'quiet', anchor)]),
  ];
}

function rowsOf({ attributes }: TreeSpan, y: number): string[] {
  const rows = count(attributes.get(operatorMetricKey(METRIC_OUTPUT_ROWS)));
  const estimated = count(attributes.get(operatorMetricKey(METRIC_ESTIMATED_ROWS)));
  const shown = estimated === '' ? rows : `${estimated} → ${rows || '?'}`;
  return shown === '' ? [] : [text(ROWS_AT, y, shown, undefined, 'end')];
}

function shortened(detail: string, room: number): string {
  return detail.length <= room ? detail : `${detail.slice(0, room - 1)}…`;
}

function figure(x: number, y: number, value: unknown): string[] {
  return typeof value === 'number' ? [text(x, y, count(value), undefined, 'end')] : [];
}

function bytesOf({ attributes }: TreeSpan): unknown {
  return (
    attributes.get(ATTR_OBJECT_STORE_RESULT_BYTES) ??
    attributes.get(ATTR_OBJECT_STORE_CONTENT_LENGTH) ??
    attributes.get(operatorMetricKey(METRIC_BYTES_READ)) ??
    attributes.get(operatorMetricKey(METRIC_BYTES_WRITTEN))
  );
}

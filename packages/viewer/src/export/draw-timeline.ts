import { printableLine } from '@planscope/internal/printable-text';
import { bytes, count, duration, quantityText } from '@planscope/internal/quantity';
import type { Run } from '@planscope/run-model';
import { type TimelineRow, timelineRows, timeTicks } from '../plan/timeline-rows.ts';
import { runTitle } from '../text/run-title.ts';
import { decimal, shorten, svgDocument, svgRectangle, svgText } from './svg-text.ts';

/** Measures of the picture, in its own units. */
const WIDTH = 1000;
const MARGIN = 16;
const LINE = 20;
/** Average width of one character of the font at its size. */
const CHARACTER = 6.4;
const BARS = { from: 400, to: 770 };
const ROWS_AT = 908;
const TOP = 58;
/** More rows than this cannot be read in a picture. */
const MOST_ROWS = 400;

/** Operators below this share of the compute time are left out if they neither change nor read anything. */
const CHEAP = 0.01;

/**
 * The rows of a run that tell something. Left out, so that the picture stays small: rules that changed nothing and
 * read nothing, and projections that cost nothing.
 */
export function tellingRows(run: Run): TimelineRow[] {
  const rows = timelineRows(run);
  const idle = new Set<string>();
  for (const { rules } of run.phases) {
    for (const { spanId, changed } of rules) if (spanId !== undefined && changed !== true) idle.add(spanId);
  }
  const isFree = new Set<string>();
  for (const { id, kind, computeShare } of run.operators) {
    if (kind === 'projection' && computeShare !== undefined && computeShare < CHEAP) isFree.add(id);
  }
  const shown = rows.filter((row, index) => {
    const isLeaf = (rows[index + 1]?.depth ?? 0) <= row.depth;
    return !(idle.has(row.id) && isLeaf) && !(row.operatorId !== undefined && isFree.has(row.operatorId));
  });
  // A row is as deep as it has rows above it that are shown.
  const above: number[] = [];
  return shown.map((row) => {
    while ((above.at(-1) ?? -1) >= row.depth) above.pop();
    return { ...row, depth: above.push(row.depth) - 1 };
  });
}

/** The picture of one run: a waterfall with the rows and bytes of each part. */
export function drawTimeline(run: Run): string {
  const telling = tellingRows(run);
  const first = telling[0];
  if (first === undefined) throw new RangeError(`[planscope/viewer] run ${run.id} has no parts to draw`);
  const rows = telling.slice(0, MOST_ROWS);
  const all = timelineRows(run).length;
  const end = Math.max(1, run.duration ?? Math.max(...rows.map(({ start, duration: length }) => start + length)));
  const at = (time: number): number => BARS.from + (Math.min(end, Math.max(0, time)) / end) * (BARS.to - BARS.from);
  const bottom = TOP + rows.length * LINE;
  const height = bottom + MARGIN;
  const title = `${runTitle(run)}: ${quantityText(duration(end))}, ${rows.length} of ${all} spans`;
  const styles = new Set(rows.map(({ style }) => style));
  const legend = [
    styles.has('hatched') ? 'pale: length known, start derived' : '',
    styles.has('hollow') ? 'hollow: ran somewhere in this window' : '',
  ];
  return svgDocument(WIDTH, height, title, [
    svgRectangle(0.5, 0.5, WIDTH - 1, height - 1, 'ground'),
    svgText(MARGIN, 30, shorten(title, 80), 'title'),
    svgText(WIDTH - MARGIN, 30, legend.filter(Boolean).join(' · '), 'quiet end'),
    svgText(MARGIN, TOP, 'span', 'quiet'),
    svgText(ROWS_AT, TOP, 'estimate → rows', 'quiet end'),
    svgText(WIDTH - MARGIN, TOP, 'bytes', 'quiet end'),
    ...timeTicks(0, end, 5).flatMap((tick) => [
      svgText(at(tick), TOP, tick === 0 ? '0' : quantityText(duration(tick)), 'quiet middle'),
      `<path d="M${decimal(at(tick))} ${TOP + 6}V${bottom + 6}" class="grid"/>`,
    ]),
    ...rows.flatMap((row, index) => drawRow(row, TOP + (index + 1) * LINE, at)),
  ]);
}

/** One part: its name and what it works on, its bar with a time, its rows, its bytes. */
function drawRow(row: TimelineRow, y: number, at: (time: number) => number): string[] {
  const indent = MARGIN + Math.min(row.depth, 16) * 11;
  const characters = Math.floor((BARS.from - indent) / CHARACTER) - 3;
  const name = shorten(printableLine(row.name), characters);
  const subject = shorten(printableLine(row.subject), Math.max(0, characters - name.length - 2));
  // A bar whose length says nothing of the operator has the time that was measured in it.
  const isWindow = row.style === 'hollow' || row.style === 'invented';
  const computed = row.compute === undefined ? '' : `${quantityText(duration(row.compute))} compute`;
  const time = isWindow ? computed : quantityText(duration(row.duration));
  const [from, to] = [at(row.start), Math.max(at(row.start + row.duration), at(row.start) + 1.5)];
  const isRoom = to + 5 + time.length * CHARACTER < BARS.to + 20;
  const rows = row.rows === undefined ? '' : count(row.rows);
  return [
    svgText(indent, y, name, '', subject),
    svgRectangle(from, y - 10, to - from, 12, `${row.kind} ${row.style}`),
    svgText(isRoom ? to + 5 : from - 5, y, time, isRoom ? 'quiet' : 'quiet end'),
    svgText(ROWS_AT, y, row.estimatedRows === undefined ? rows : `${count(row.estimatedRows)} → ${rows || '?'}`, 'end'),
    svgText(WIDTH - MARGIN, y, row.bytes === undefined ? '' : quantityText(bytes(row.bytes)), 'end'),
  ];
}

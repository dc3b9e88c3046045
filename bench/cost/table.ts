import { type Baseline, type Goal, isMet, type Row, type Unit } from './row.ts';

const HEADER = ['case', 'way', 'median', '+ bare', '× bare', '+ profiling', '× profiling', 'goal', 'met'];
const LEFT_ALIGNED = new Set([0, 1, 7]);

const writers: Readonly<Record<Unit, (value: number) => string>> = {
  ms: (value) => `${precise(value)} ms`,
  KiB: (value) => `${value.toFixed(0)} KiB`,
  MiB: (value) => `${value.toFixed(1)} MiB`,
  number: (value) => String(Number(value.toFixed(2))),
};

/** One line per row; each ratio is followed by its 10th and 90th percentile. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          LEFT_ALIGNED.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(row: Row): string[] {
  const verdict = isMet(row);
  return [
    row.case,
    row.way,
    writers[row.unit](row.value),
    ...against(row, 'bare'),
    ...against(row, 'profiling'),
    row.goal === undefined ? '' : describeGoal(row.goal, row.unit),
    verdict === undefined ? '' : verdict ? 'yes' : 'NO',
  ];
}

function against({ against: comparisons, unit }: Row, baseline: Baseline): string[] {
  const comparison = comparisons[baseline];
  if (comparison === undefined) return ['', ''];
  const { difference, ratio, ratioAt10, ratioAt90 } = comparison;
  return [writers[unit](difference), `${ratio.toFixed(3)} (${ratioAt10.toFixed(2)} to ${ratioAt90.toFixed(2)})`];
}

function describeGoal(goal: Goal, unit: Unit): string {
  if ('more' in goal) return `≤ ${goal.more} + ${goal.atMost} ${unit}`;
  if ('times' in goal) return `≤ ${goal.atMost} × ${goal.times}`;
  return `≤ ${goal.atMost}${unit === 'number' ? '' : ` ${unit}`}`;
}

/** Microseconds for small values. */
function precise(millis: number): string {
  return millis.toFixed(Math.abs(millis) < 5 ? 3 : 1);
}

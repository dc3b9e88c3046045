import { METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE, METRIC_OUTPUT_BYTES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { MetricReport, SpreadReport, StageReport, TaskReport } from './engine-report.ts';
import { reportedDuration } from './reported-duration.ts';

/** The metrics of tasks whose spread tells an uneven stage; `duration` comes beside them. */
const SPREAD_METRICS = [METRIC_OUTPUT_ROWS, METRIC_OUTPUT_BYTES, METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE];

/**
 * How the tasks of a stage differ in rows, bytes, compute time and duration: as the engine says, else worked out from its
 * tasks. `least` and `most` are the outermost values, `median` that at place ⌈n/2⌉ in ascending order, so each is the number
 * of a real task. Failed tasks did a part of their work and are left out. There is no spread of one task, nor of a number that
 * some task lacks.
 */
export function stageSpread({ tasks, spread = [] }: StageReport): readonly SpreadReport[] {
  const said = new Set(spread.map(({ name }) => name));
  const counted = tasks.filter(({ status }) => status !== 'error');
  if (counted.length < 2) return spread;
  const found = [...SPREAD_METRICS, 'duration'].flatMap((name) => {
    if (said.has(name)) return [];
    const numbers = counted.map((task) => numberOf(task, name)).filter((number) => number !== undefined);
    return numbers.length < counted.length ? [] : spreadOf(name, numbers);
  });
  return [...spread, ...found];
}

type TaskNumber = Pick<MetricReport, 'unit' | 'value'>;

function numberOf({ metrics, timing }: TaskReport, name: string): TaskNumber | undefined {
  if (name !== 'duration') return metrics.find((metric) => metric.name === name);
  const value = reportedDuration(timing);
  return value === undefined ? undefined : { unit: 'ns', value: value.toString() };
}

function spreadOf(name: string, numbers: readonly TaskNumber[]): SpreadReport[] {
  const values = numbers.map(({ value }) => value).sort(ascending);
  const [least] = values;
  const median = values[Math.ceil(values.length / 2) - 1];
  const most = values.at(-1);
  const unit = numbers[0]?.unit;
  if (least === undefined || median === undefined || most === undefined || unit === undefined) return [];
  return [{ name, unit, least, median, most }];
}

/** Digits are compared as whole numbers, which may pass 2^53. */
export function ascending(one: string | number, other: string | number): number {
  const [left, right] = [exact(one), exact(other)];
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function exact(value: string | number): bigint | number {
  return typeof value === 'string' ? BigInt(value) : value;
}

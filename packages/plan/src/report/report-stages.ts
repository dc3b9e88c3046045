import { METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE, METRIC_OUTPUT_BYTES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { reportedDuration } from './clamp-window.ts';
import type {
  EngineReport,
  MetricReport,
  OperatorReport,
  SpreadReport,
  StageReport,
  TaskReport,
} from './engine-report.ts';

/**
 * The stages, those that put rows out before those that read them, else in the order given. Stages that are above
 * themselves come last.
 */
export function stagesBottomUp(stages: readonly StageReport[]): readonly StageReport[] {
  const { ordered, left } = sortStages(stages);
  return [...ordered, ...left];
}

/** The id of a stage that is above itself; undefined where none is. */
export function stageParentCycle(stages: readonly StageReport[]): string | undefined {
  const { left } = sortStages(stages);
  // Each one left reads from another one left; going down that way ends in a cycle.
  const inputs = new Map<string, string>();
  for (const { id, parents } of left) for (const parent of parents) inputs.set(parent, id);
  const seen = new Set<string>();
  let id = left[0]?.id;
  while (id !== undefined && !seen.has(id)) {
    seen.add(id);
    id = inputs.get(id);
  }
  return id;
}

interface SortedStages {
  readonly ordered: readonly StageReport[];
  /** In a cycle, or above one. */
  readonly left: readonly StageReport[];
}

function sortStages(stages: readonly StageReport[]): SortedStages {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const unread = new Map(stages.map(({ id }) => [id, 0]));
  for (const { parents } of stages) {
    for (const parent of parents) if (unread.has(parent)) unread.set(parent, (unread.get(parent) ?? 0) + 1);
  }
  const ordered = stages.filter(({ id }) => unread.get(id) === 0);
  for (const { parents } of ordered) {
    for (const parent of parents) {
      const stage = byId.get(parent);
      const more = (unread.get(parent) ?? 0) - 1;
      unread.set(parent, more);
      if (more === 0 && stage !== undefined) ordered.push(stage);
    }
  }
  const done = new Set(ordered);
  return { ordered, left: stages.filter((stage) => !done.has(stage)) };
}

/** An operator with the stage it ran in, if it ran in one. */
export interface PlacedOperator {
  readonly operator: OperatorReport;
  readonly stage?: StageReport;
}

/** Every operator of a report, parents first: those of no stage, then stage by stage. */
export function* reportOperators({ operators = [], stages = [] }: EngineReport): Generator<PlacedOperator> {
  for (const operator of operatorsBelow(operators)) yield { operator };
  for (const stage of stages) {
    for (const operator of operatorsBelow(stage.operators ?? [])) yield { operator, stage };
  }
}

/** The operators and all below them, parents first. */
export function* operatorsBelow(roots: readonly OperatorReport[]): Generator<OperatorReport> {
  const left = roots.toReversed();
  for (let operator = left.pop(); operator !== undefined; operator = left.pop()) {
    yield operator;
    left.push(...operator.children.toReversed());
  }
}

/** The metrics of tasks whose spread tells an uneven stage; `duration` comes beside them. */
const SPREAD_METRICS = [METRIC_OUTPUT_ROWS, METRIC_OUTPUT_BYTES, METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE];

/**
 * How the tasks of a stage differ in rows, bytes, compute time and duration: as the engine says, else worked out from its
 * tasks. `least` and `most` are the outermost values, `median` that at place ⌈n/2⌉ in ascending order, so each is the number
 * of a real task. Failed tasks are excluded, as they did only part of their work. There is no spread of one task, nor of a number that
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

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
 * The stages, sorted so that producers come before the stages that read from them; otherwise in the given order. Stages
 * in cycles come last.
 */
export function stagesBottomUp(stages: readonly StageReport[]): readonly StageReport[] {
  const { ordered, left } = sortStages(stages);
  return [...ordered, ...left];
}

/** The id of a stage in a cycle; undefined if there is no cycle. */
export function stageParentCycle(stages: readonly StageReport[]): string | undefined {
  const { left } = sortStages(stages);
  // Each remaining stage reads from another remaining stage, so following these links ends in a cycle.
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
  /** Stages in a cycle or above one. */
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

/** The number of attempts at tasks of a stage, and of those that failed: those that it lists and the others. */
export function stageTaskCounts({ tasks, otherTasks }: StageReport): { readonly all: number; readonly failed: number } {
  const failed = tasks.filter(({ status }) => status === 'error').length;
  return { all: tasks.length + (otherTasks?.count ?? 0), failed: failed + (otherTasks?.failed ?? 0) };
}

/** An operator and its stage, if it has one. */
export interface PlacedOperator {
  readonly operator: OperatorReport;
  readonly stage?: StageReport;
}

/** All operators of a report, parents first: operators without a stage, then those of each stage. */
export function* reportOperators({ operators = [], stages = [] }: EngineReport): Generator<PlacedOperator> {
  for (const operator of operatorsBelow(operators)) yield { operator };
  for (const stage of stages) {
    for (const operator of operatorsBelow(stage.operators ?? [])) yield { operator, stage };
  }
}

/** The operators and their descendants, parents first. */
export function* operatorsBelow(roots: readonly OperatorReport[]): Generator<OperatorReport> {
  const left = roots.toReversed();
  for (let operator = left.pop(); operator !== undefined; operator = left.pop()) {
    yield operator;
    left.push(...operator.children.toReversed());
  }
}

/** The metrics of tasks whose distribution shows skew, in addition to `duration`. */
const SPREAD_METRICS = [METRIC_OUTPUT_ROWS, METRIC_OUTPUT_BYTES, METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE];

/**
 * The distribution of rows, bytes, compute time and duration over the tasks of a stage, as reported or else computed
 * from the tasks. `least` and `most` are the extreme values, and `median` is the value at position ⌈n/2⌉ in ascending
 * order, so each is the number of a real task. Failed tasks are excluded, because they did only part of their work. A
 * single task, or a number that some task lacks, has no distribution. Of a stage that does not list all its tasks, only
 * what was reported is known.
 */
export function stageSpread({ tasks, otherTasks, spread = [] }: StageReport): readonly SpreadReport[] {
  if (otherTasks !== undefined) return spread;
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

/** Compares digits as whole numbers, which may exceed 2^53. */
export function ascending(one: string | number, other: string | number): number {
  const [left, right] = [exact(one), exact(other)];
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function exact(value: string | number): bigint | number {
  return typeof value === 'string' ? BigInt(value) : value;
}

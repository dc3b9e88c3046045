import {
  type EngineReport,
  type ExecutionStatus,
  type MetricReport,
  type OperatorRecord,
  operatorsBelow,
  reportedDuration,
  type StageReport,
  stageSpread,
  stageTaskCounts,
} from '@planscope/plan';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_BATCHES,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_SPILLED_BYTES,
} from '@planscope/semconv';
import { reportedSource } from '../metric-source.ts';
import { type CollectedMetric, idPrefix, metricsOf } from '../operators/collect-operators.ts';

/** How the tasks of a stage differ in one number; a whole number beyond 2^53 is rounded to the nearest double. */
export interface NumberSpread {
  /** UCUM unit. */
  readonly unit: string;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** The numbers of one stage, all its tasks together. Plain JSON. */
export interface StageSummary {
  /** Unique within the run. */
  readonly id: string;
  /** The stages that read the output of this one. */
  readonly parents: readonly string[];
  /** The engine that reported it. */
  readonly origin: string;
  /** Absent if the stage had not ended when the numbers were taken. */
  readonly status?: ExecutionStatus;
  /** True if the numbers were taken before the engine finished, so they may be too small. */
  readonly partial: boolean;
  /** In nanoseconds; absent if the engine did not say. */
  readonly duration?: number;
  /** Tasks that the engine listed; each attempt counts. */
  readonly taskCount: number;
  readonly failedTaskCount: number;
  /** By name; what was not measured is absent. */
  readonly metrics: Readonly<Record<string, CollectedMetric>>;
  /** By name, `duration` among them: least, median and most over the tasks that did not fail. */
  readonly spread: Readonly<Record<string, NumberSpread>>;
}

const METRICS = [
  METRIC_OUTPUT_ROWS,
  METRIC_OUTPUT_BYTES,
  METRIC_ELAPSED_COMPUTE,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_SPILLED_BYTES,
];

/** The stages that the engines of a node reported, in their order. */
export function summarizeStages({ id, reports }: OperatorRecord): StageSummary[] {
  return reports.flatMap((report, index) => {
    const prefix = idPrefix(id, reports, index);
    return (report.stages ?? []).map((stage) => summarizeStage(stage, report, prefix));
  });
}

function summarizeStage(stage: StageReport, report: EngineReport, prefix: string): StageSummary {
  const { id, parents, status, partial = report.partial ?? false, timing } = stage;
  const duration = reportedDuration(timing);
  const names = new Set([...METRICS, ...stage.metrics.map(({ name }) => name)]);
  return {
    id: prefix + id,
    parents: parents.map((parent) => prefix + parent),
    origin: report.engine.name,
    ...(status === undefined ? {} : { status }),
    partial,
    ...(duration === undefined ? {} : { duration: Number(duration) }),
    taskCount: stageTaskCounts(stage).all,
    failedTaskCount: stageTaskCounts(stage).failed,
    metrics: Object.fromEntries([...names].flatMap((name) => collect(stage, name))),
    spread: Object.fromEntries(
      stageSpread(stage).map(({ name, unit, least, median, most }) => [
        name,
        { unit, least: Number(least), median: Number(median), most: Number(most) },
      ]),
    ),
  };
}

function collect(stage: StageReport, name: string): [string, CollectedMetric][] {
  return metricsOf(stageMetrics(stage, name))
    .aggregateByName()
    .map((metric) => {
      const { value, type, unit } = metric;
      return [name, { value: Number(value), type, unit, source: reportedSource(metric) }];
    });
}

/** The output for the next stage: only that of the topmost operators counts, without failed tasks. */
const OUTPUT: ReadonlySet<string> = new Set([METRIC_OUTPUT_ROWS, METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_BYTES]);

/**
 * The entries that one number of a stage is made of. Stage, operators and tasks report the same work three times, so only one
 * counts: what the engine reports for the stage, else its operators, else its tasks, including failed ones, if it lists them
 * all.
 */
export function stageMetrics(stage: StageReport, name: string): readonly MetricReport[] {
  const isOutput = OUTPUT.has(name);
  const roots = stage.operators ?? [];
  const operators = isOutput ? roots : [...operatorsBelow(roots)];
  const listed = stage.otherTasks === undefined ? stage.tasks : [];
  const tasks = isOutput ? listed.filter(({ status }) => status !== 'error') : listed;
  for (const tellers of [[stage], operators, tasks]) {
    const entries = tellers.flatMap(({ metrics }) => metrics.filter((entry) => entry.name === name));
    if (entries.length > 0) return entries;
  }
  return [];
}

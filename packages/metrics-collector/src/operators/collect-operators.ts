import {
  type EngineReport,
  type ExecutionStatus,
  type Metric,
  type MetricReport,
  MetricsSet,
  type OperatorRecord,
  type OperatorReport,
  type StageReport,
} from '@planscope/plan';
import type { MetricType } from '@planscope/semconv';
import { type MetricSource, reportedSource } from '../metric-source.ts';

/** A finished node and, below it, the operators that engines reported for it, parents first. */
export function collectOperators(record: OperatorRecord): CollectedOperatorMetrics[] {
  const { id, parentId, name, description, status, metrics, reports } = record;
  const node: CollectedOperatorMetrics = {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    name,
    description,
    status,
    origin: 'node',
    metrics: collect(metrics, () => 'counted'),
  };
  const reported = reports.flatMap((report, index) => {
    const prefix = idPrefix(id, reports, index);
    const { operators = [], stages = [] } = report;
    return [
      ...operators.flatMap((root) => collectReported(root, { report, prefix }, id)),
      ...stages.flatMap((stage) =>
        (stage.operators ?? []).flatMap((root) => collectReported(root, { report, prefix, stage }, id)),
      ),
    ];
  });
  return [node, ...reported];
}

/** Where reported operators come from. */
interface Origin {
  readonly report: EngineReport;
  readonly stage?: StageReport;
  readonly prefix: string;
}

function collectReported(operator: OperatorReport, origin: Origin, parentId: string): CollectedOperatorMetrics[] {
  const { report, stage, prefix } = origin;
  const { inputStages = [] } = operator;
  const id = prefix + operator.id;
  const collected: CollectedOperatorMetrics = {
    id,
    parentId,
    name: operator.name,
    status: report.status,
    origin: report.engine.name,
    ...(stage === undefined ? {} : { stageId: prefix + stage.id }),
    ...(inputStages.length === 0 ? {} : { inputStageIds: inputStages.map((input) => prefix + input) }),
    ...(operator.scans === undefined ? {} : { scans: operator.scans }),
    metrics: collect(metricsOf(operator.metrics), reportedSource),
  };
  return [collected, ...operator.children.flatMap((child) => collectReported(child, origin, id))];
}

function collect(metrics: MetricsSet, sourceOf: (metric: Metric) => MetricSource): Record<string, CollectedMetric> {
  const collected = metrics.aggregateByName().map((metric): [string, CollectedMetric] => {
    const { name, value, type, unit } = metric;
    return [name, { value: Number(value), type, unit, source: sourceOf(metric) }];
  });
  return Object.fromEntries(collected);
}

/** One metric of a finished operator, over all its partitions. Plain JSON. */
export interface CollectedMetric {
  /** Rounded to the nearest double if a whole number is beyond 2^53. */
  readonly value: number;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly source: MetricSource;
}

/** One finished operator of a run: a node of the plan, or an operator that the engine behind a node reported. */
export interface CollectedOperatorMetrics {
  /** Unique within the run. */
  readonly id: string;
  /** The operator it ran for; absent at the top of a plan. */
  readonly parentId?: string;
  readonly name: string;
  /** One line, literals replaced; absent for reported operators, whose own description may hold data. */
  readonly description?: string;
  /** Of a reported operator, the status of its engine's execution. */
  readonly status: ExecutionStatus;
  /** `node` for a node of the plan, else the name of the engine that reported it. */
  readonly origin: string;
  /** The stage it ran in, for an engine that is spread over machines. */
  readonly stageId?: string;
  /** The stages whose output it reads; absent for one that reads from its children or is a scan. */
  readonly inputStageIds?: readonly string[];
  /** The source of the rows of a scan that an engine reported; absent on its other operators. */
  readonly scans?: 'table' | 'files';
  /** By name; what was not measured is absent. */
  readonly metrics: Readonly<Record<string, CollectedMetric>>;
}

/** Prefix of the ids of a node's report, so that they are unique within the run. */
export function idPrefix(node: string, reports: readonly EngineReport[], index: number): string {
  return reports.length === 1 ? `${node}/` : `${node}/${index}/`;
}

/** Reported metrics as a set, so that several of one name combine by their type. */
export function metricsOf(reports: readonly MetricReport[]): MetricsSet {
  return new MetricsSet(
    reports.map((report) => ({
      ...report,
      value: typeof report.value === 'string' ? BigInt(report.value) : report.value,
    })),
  );
}

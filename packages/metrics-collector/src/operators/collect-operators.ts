import type { EngineReport, Metric, MetricsSet, OperatorRecord, OperatorReport, StageReport } from '@planscope/plan';
import { type MetricSource, reportedSource } from '../metric-source.ts';
import type { CollectedMetric, CollectedOperatorMetrics } from './collected-operator.ts';
import { idPrefix } from './id-prefix.ts';
import { metricsOf } from './metrics-of.ts';

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

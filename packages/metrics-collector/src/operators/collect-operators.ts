import type { EngineReport, Metric, MetricsSet, OperatorRecord, OperatorReport } from '@planscope/plan';
import { type MetricSource, reportedSource } from '../metric-source.ts';
import type { CollectedMetric, CollectedOperatorMetrics } from './collected-operator.ts';
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
    const prefix = reports.length === 1 ? `${id}/` : `${id}/${index}/`;
    return (report.operators ?? []).flatMap((root) => collectReported(root, report, prefix, id));
  });
  return [node, ...reported];
}

function collectReported(
  operator: OperatorReport,
  report: EngineReport,
  prefix: string,
  parentId: string,
): CollectedOperatorMetrics[] {
  const id = prefix + operator.id;
  const collected: CollectedOperatorMetrics = {
    id,
    parentId,
    name: operator.name,
    status: report.status,
    origin: report.engine.name,
    metrics: collect(metricsOf(operator.metrics), reportedSource),
  };
  return [collected, ...operator.children.flatMap((child) => collectReported(child, report, prefix, id))];
}

function collect(metrics: MetricsSet, sourceOf: (metric: Metric) => MetricSource): Record<string, CollectedMetric> {
  const collected = metrics.aggregateByName().map((metric): [string, CollectedMetric] => {
    const { name, value, type, unit } = metric;
    return [name, { value: Number(value), type, unit, source: sourceOf(metric) }];
  });
  return Object.fromEntries(collected);
}

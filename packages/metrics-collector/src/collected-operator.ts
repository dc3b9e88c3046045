import { type EngineReport, MetricsSet, type OperatorRecord, type OperatorReport } from '@planscope/plan';
import type { MeasureSource } from './measured.ts';

/** The metrics of one operator of a run. */
export interface CollectedOperatorMetrics {
  /** Unique within the run. */
  readonly id: string;
  /** The operator above it; absent at the top. */
  readonly parentId?: string;
  readonly name: string;
  /** `counted` for a node that passed through this program, `profile` for one inside an engine. */
  readonly source: MeasureSource;
  /** Aggregated over partitions, by name. */
  readonly metrics: Readonly<Record<string, CollectedMetric>>;
}

export interface CollectedMetric {
  readonly value: number | bigint;
  /** UCUM unit. */
  readonly unit: string;
}

/** An operator and those that the engine behind it reported, which are named below it. */
export function collectedOperators(record: OperatorRecord): CollectedOperatorMetrics[] {
  const own: CollectedOperatorMetrics = {
    id: record.id,
    ...(record.parentId === undefined ? {} : { parentId: record.parentId }),
    name: record.name,
    source: 'counted',
    metrics: byName(record.metrics),
  };
  return [
    own,
    ...record.reports.flatMap((report, index) => reportedOperators(report, `${record.id}/${index + 1}`, record.id)),
  ];
}

function reportedOperators(report: EngineReport, prefix: string, parentId: string): CollectedOperatorMetrics[] {
  const flatten = (operator: OperatorReport, above: string): CollectedOperatorMetrics[] => {
    const id = `${prefix}/${operator.id}`;
    const own: CollectedOperatorMetrics = {
      id,
      parentId: above,
      name: operator.name,
      source: 'profile',
      metrics: byName(metricsOf(operator)),
    };
    return [own, ...operator.children.flatMap((child) => flatten(child, id))];
  };
  return (report.operators ?? []).flatMap((operator) => flatten(operator, parentId));
}

/** The metrics of a reported operator, decimal strings read. */
export function metricsOf({ metrics }: Pick<OperatorReport, 'metrics'>): MetricsSet {
  return new MetricsSet(
    metrics.map(({ value, ...metric }) => ({ ...metric, value: typeof value === 'string' ? BigInt(value) : value })),
  );
}

function byName(metrics: MetricsSet): Record<string, CollectedMetric> {
  return Object.fromEntries(metrics.aggregateByName().map(({ name, value, unit }) => [name, { value, unit }]));
}

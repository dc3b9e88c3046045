import type { MetricType } from '@planscope/semconv';
import type { ExecutionStatus } from '../execution/execution-status.ts';
import { name, object, oneOf, quantity, type Reader, string } from '../json/field-readers.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type { EngineReport, MetricReport } from './engine-report.ts';

const statuses: readonly ExecutionStatus[] = ['ok', 'error', 'cancelled'];
const metricTypes: readonly MetricType[] = ['count', 'gauge', 'time', 'timestamp', 'ratio'];
const phases: readonly PlanningPhase[] = [
  'analyze_logical_plan',
  'optimize_logical_plan',
  'create_physical_plan',
  'optimize_physical_plan',
];

export const status: Reader<ExecutionStatus> = oneOf(statuses);

export const phaseName: Reader<PlanningPhase> = oneOf(phases);

export const engine: Reader<EngineReport['engine']> = object<EngineReport['engine']>({ name, version: string });

export const metric: Reader<MetricReport> = object<MetricReport>({
  name,
  type: oneOf(metricTypes),
  unit: string,
  value: quantity,
});

import type { MetricReport, OperatorReport, TimeWindow } from '@planscope/plan/report';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_SPILLED_BYTES,
} from '@planscope/semconv';
import {
  ATTR_TRINO_OPERATORS,
  METRIC_BLOCKED_TIME,
  METRIC_NETWORK_BYTES_RECEIVED,
  METRIC_PEAK_DRIVER_MEMORY,
  METRIC_PHYSICAL_READ_TIME,
  METRIC_PHYSICAL_ROWS_READ,
  METRIC_SCHEDULED_TIME,
} from '../semconv.ts';
import { operatorFields } from './operator-fields.ts';
import type { TrinoInput, TrinoOperator, TrinoPlanNode, TrinoStage } from './query-info.ts';
import { bytes, nanoseconds, peak, rows } from './report-metrics.ts';
import { windowAround } from './task-windows.ts';

/** Operators that take rows out of a pipeline: what they count is not output of their node. */
const SINKS: ReadonlySet<string> = new Set([
  'TaskOutputOperator',
  'PartitionedOutputOperator',
  'LocalExchangeSinkOperator',
  'HashBuilderOperator',
  'DynamicFilterSourceOperator',
  'NestedLoopBuildOperator',
  'SetBuilderOperator',
  'SpatialIndexBuilderOperator',
]);

/** What is known of all stages when the operators of one are reported. */
export interface OperatorContext {
  readonly inputs: readonly TrinoInput[];
  /** The stages that this one reads. */
  readonly inputStages: ReadonlySet<string>;
  /** When the pipelines of each node ran, over all tasks. */
  readonly nodeWindows: ReadonlyMap<string, TimeWindow>;
  /** Rows that were not all made say nothing about an estimate. */
  readonly isFinished: boolean;
}

/** The operators of a stage as the tree of its plan, with numbers over all tasks. */
export function operatorReports(stage: TrinoStage, context: OperatorContext): OperatorReport[] | undefined {
  if (stage.plan === undefined) return undefined;
  const byNode = new Map<string, TrinoOperator[]>();
  for (const operator of stage.operators) {
    byNode.set(operator.planNodeId, [...(byNode.get(operator.planNodeId) ?? []), operator]);
  }
  const seen = new Set<string>();
  const report = (node: TrinoPlanNode): OperatorReport[] => {
    // The ids of a plan are unique; should one come twice, its numbers belong to the first.
    if (seen.has(node.id)) return node.children.flatMap(report);
    seen.add(node.id);
    return [operatorReport(node, byNode.get(node.id) ?? [], node.children.flatMap(report), stage.id, context)];
  };
  return report(stage.plan);
}

function operatorReport(
  node: TrinoPlanNode,
  operators: readonly TrinoOperator[],
  children: readonly OperatorReport[],
  stageId: string,
  context: OperatorContext,
): OperatorReport {
  const input = inputOf(node, operators, context.inputs);
  const inputStages = readStages(node, context.inputStages);
  const types = [...new Set(operators.map(({ type }) => type))];
  return {
    id: `${stageId}.${node.id}`,
    name: node.name,
    fields: operatorFields(node, input),
    timing: operatorTiming(context.nodeWindows.get(node.id), children),
    metrics: [...operatorMetrics(node, operators), ...(context.isFinished ? estimate(node) : [])],
    ...(types.length === 0 ? {} : { attributes: { [ATTR_TRINO_OPERATORS]: types } }),
    ...(/Scan/.test(node.name) ? { scans: 'table' as const } : {}),
    children,
    ...(inputStages.length === 0 ? {} : { inputStages }),
  };
}

/**
 * From the first start to the last end of its pipelines and of those of its inputs: an operator waits for its inputs, and
 * a span lies within its parent.
 */
function operatorTiming(own: TimeWindow | undefined, children: readonly OperatorReport[]): OperatorReport['timing'] {
  if (own === undefined) return { basis: 'execution_window' };
  const window = children.reduce<TimeWindow>((whole, { timing }) => windowAround(timing.window, whole), own);
  return { basis: 'observed_events', window };
}

/** A scan that is one operator with the filter above it names the table's own node as its source. */
function inputOf(
  { id, name }: TrinoPlanNode,
  operators: readonly TrinoOperator[],
  inputs: readonly TrinoInput[],
): TrinoInput | undefined {
  if (!/Scan/.test(name)) return undefined;
  const ids = new Set([id, ...operators.flatMap(({ sourceId }) => sourceId ?? [])]);
  return inputs.find(({ planNodeId }) => planNodeId !== undefined && ids.has(planNodeId));
}

function readStages({ descriptor }: TrinoPlanNode, inputs: ReadonlySet<string>): string[] {
  const ids = descriptor.sourceFragmentIds?.match(/\d+/g) ?? [];
  return [...new Set(ids)].filter((id) => inputs.has(id));
}

function operatorMetrics(node: TrinoPlanNode, operators: readonly TrinoOperator[]): MetricReport[] {
  const outputs = lastOfPipelines(operators);
  return [
    ...rows(METRIC_OUTPUT_ROWS, sumOf(outputs, 'outputRows')),
    ...bytes(METRIC_OUTPUT_BYTES, sumOf(outputs, 'outputBytes')),
    ...nanoseconds(METRIC_ELAPSED_COMPUTE, sumOf(operators, 'compute')),
    ...nanoseconds(METRIC_SCHEDULED_TIME, sumOf(operators, 'scheduled')),
    ...nanoseconds(METRIC_BLOCKED_TIME, sumOf(operators, 'blocked')),
    ...peak(METRIC_PEAK_DRIVER_MEMORY, largestOf(operators)),
    ...bytes(METRIC_SPILLED_BYTES, sumOf(operators, 'spilledBytes')),
    ...(/Scan/.test(node.name) ? scanMetrics(operators) : []),
    ...(/^Remote/.test(node.name) ? bytes(METRIC_NETWORK_BYTES_RECEIVED, sumOf(operators, 'networkInputBytes')) : []),
    ...(/Writer/.test(node.name) ? bytes(METRIC_BYTES_WRITTEN, sumOf(operators, 'writtenBytes')) : []),
  ];
}

function scanMetrics(operators: readonly TrinoOperator[]): MetricReport[] {
  return [
    ...bytes(METRIC_BYTES_READ, sumOf(operators, 'physicalInputBytes')),
    ...rows(METRIC_PHYSICAL_ROWS_READ, sumOf(operators, 'physicalInputRows')),
    ...nanoseconds(METRIC_PHYSICAL_READ_TIME, sumOf(operators, 'physicalInputReadTime')),
  ];
}

/** The estimate is for the rows of the whole stage. An exchange may copy rows, and a partial step repeats groups. */
function estimate({ name, descriptor, estimatedRows }: TrinoPlanNode): MetricReport[] {
  if (estimatedRows === undefined || /Exchange|^Remote|Partial$/.test(name) || descriptor.type === 'PARTIAL') return [];
  return [{ name: METRIC_ESTIMATED_ROWS, type: 'gauge', unit: '{row}', value: Math.round(estimatedRows) }];
}

/** Of each pipeline the operator that gives the rows of the node to the next one. */
function lastOfPipelines(operators: readonly TrinoOperator[]): readonly TrinoOperator[] {
  const last = new Map<number, TrinoOperator>();
  for (const operator of operators) {
    if (SINKS.has(operator.type)) continue;
    const known = last.get(operator.pipelineId);
    if (known === undefined || operator.operatorId > known.operatorId) last.set(operator.pipelineId, operator);
  }
  return [...last.values()];
}

type NumberOf = 'outputRows' | 'outputBytes' | 'compute' | 'scheduled' | 'blocked' | 'spilledBytes' | 'writtenBytes';
type ReadNumber = 'physicalInputBytes' | 'physicalInputRows' | 'physicalInputReadTime' | 'networkInputBytes';

/** Undefined without operators, or if one of them lacks the number. */
function sumOf(operators: readonly TrinoOperator[], key: NumberOf | ReadNumber): number | undefined {
  let sum: number | undefined;
  for (const operator of operators) {
    const value = operator[key];
    if (value === undefined) return undefined;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

function largestOf(operators: readonly TrinoOperator[]): number | undefined {
  const peaks = operators.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

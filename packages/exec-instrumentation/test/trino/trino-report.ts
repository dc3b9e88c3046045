import { readFileSync } from 'node:fs';
import type { EngineReport, MetricReport, OperatorReport, StageReport, TaskReport, TimeWindow } from '@planscope/plan';

/** What a coordinator answers to `GET /v1/query/{id}`, as far as it is kept in the recordings. */
interface TrinoQuery {
  readonly queryId: string;
  readonly state: string;
  readonly finalQueryInfo: boolean;
  readonly query: string;
  readonly errorCode?: { readonly name: string; readonly type: string };
  readonly session: { readonly querySpan: { readonly traceparent?: string } };
  readonly queryStats: {
    readonly createTime: string;
    readonly lastHeartbeat: string;
    readonly endTime?: string;
    readonly queuedTime: string;
    readonly resourceWaitingTime: string;
    readonly dispatchingTime: string;
    readonly analysisTime: string;
    readonly planningTime: string;
    readonly optimizerRulesSummaries: readonly {
      readonly rule: string;
      readonly invocations: number;
      readonly applied: number;
      readonly totalTime: number;
    }[];
  };
  /** Version 483. */
  readonly stages?: { readonly stages: readonly TrinoStage[] };
  /** Version 476: each stage holds those below it. */
  readonly outputStage?: TrinoStage;
}

interface TrinoStage {
  readonly stageId: string;
  readonly state: string;
  readonly plan?: { readonly jsonRepresentation: string };
  readonly stageStats: { readonly outputPositions: number; readonly operatorSummaries: readonly TrinoOperator[] };
  readonly tasks: readonly TrinoTask[];
  readonly subStages: readonly (string | TrinoStage)[];
}

interface TrinoTask {
  readonly taskStatus: {
    readonly taskId: string;
    readonly state: string;
    readonly nodeId: string;
    readonly failures: readonly { readonly errorCode?: { readonly name: string; readonly type: string } }[];
  };
  readonly stats: {
    readonly createTime: string;
    readonly endTime?: string;
    readonly outputPositions: number;
    readonly totalCpuTime: string;
    readonly physicalInputDataSize: string;
  };
}

interface TrinoOperator {
  readonly pipelineId: number;
  readonly operatorId: number;
  readonly planNodeId: string;
  readonly operatorType: string;
  readonly outputPositions: number;
  readonly addInputCpu: string;
  readonly getOutputCpu: string;
  readonly finishCpu: string;
  readonly physicalInputDataSize: string;
}

interface TrinoNode {
  readonly id: string;
  readonly name: string;
  readonly descriptor: { readonly sourceFragmentIds?: string };
  readonly children: readonly TrinoNode[];
}

/** A recorded answer as a report; the flat stages of version 483 and the nested ones of 476 come to the same. */
export function recordedReport(name: string): EngineReport {
  const file = new URL(`./${name}.json`, import.meta.url);
  return trinoReport(JSON.parse(readFileSync(file, 'utf8')) as TrinoQuery);
}

function trinoReport(query: TrinoQuery): EngineReport {
  const { queryStats: stats, errorCode, session } = query;
  const { traceparent } = session.querySpan;
  const analysis = nanoseconds(stats.analysisTime);
  const optimization = nanoseconds(stats.planningTime) - analysis;
  const found = stagesOf(query);
  // The tasks of a query that failed are aborted after the query has ended.
  const ends = found.flatMap(({ stage }) => stage.tasks.flatMap((task) => task.stats.endTime ?? []));
  const end = [stats.endTime ?? stats.lastHeartbeat, ...ends].map(instant).sort().at(-1) ?? '';
  const window = { start: instant(stats.createTime), end };
  return {
    version: 2,
    engine: { name: 'trino', version: query.stages === undefined ? '476' : '483' },
    queryId: query.queryId,
    query: { text: query.query },
    status: errorCode === undefined ? 'ok' : errorCode.name === 'USER_CANCELED' ? 'cancelled' : 'error',
    ...(errorCode === undefined ? {} : { error: { code: errorCode.name, type: errorCode.type } }),
    ...(query.finalQueryInfo ? {} : { partial: true }),
    ...(traceparent === undefined ? {} : { traceparent }),
    window,
    queue: [
      { phase: 'queued', step: 'queuedTime', timing: lasting(nanoseconds(stats.queuedTime)) },
      { phase: 'waiting', step: 'resourceWaitingTime', timing: lasting(nanoseconds(stats.resourceWaitingTime)) },
      { phase: 'dispatching', step: 'dispatchingTime', timing: lasting(nanoseconds(stats.dispatchingTime)) },
    ],
    planning: [
      { phase: 'analyze_logical_plan', timing: lasting(analysis), rules: [] },
      {
        phase: 'optimize_logical_plan',
        timing: lasting(Math.max(optimization, 0)),
        rules: stats.optimizerRulesSummaries.map(({ rule, invocations, applied, totalTime }) => ({
          name: rule.slice(rule.lastIndexOf('.') + 1),
          timing: lasting(totalTime),
          invocations,
          applied,
        })),
      },
    ],
    stages: found.map(({ stage, parents }) => stageReport(stage, parents)),
  };
}

interface FoundStage {
  readonly stage: TrinoStage;
  readonly parents: readonly string[];
}

function stagesOf({ stages, outputStage }: TrinoQuery): readonly FoundStage[] {
  const nested = (stage: TrinoStage): TrinoStage[] => [
    stage,
    ...stage.subStages.flatMap((sub) => (typeof sub === 'string' ? [] : nested(sub))),
  ];
  const all = stages?.stages ?? (outputStage === undefined ? [] : nested(outputStage));
  const inputs = (stage: TrinoStage): string[] =>
    stage.subStages.map((sub) => (typeof sub === 'string' ? sub : sub.stageId));
  return all.map((stage) => ({
    stage,
    parents: all.filter((other) => inputs(other).includes(stage.stageId)).map((other) => number(other.stageId)),
  }));
}

function stageReport({ stageId, state, plan, stageStats, tasks }: TrinoStage, parents: readonly string[]): StageReport {
  const window = spanOf(tasks);
  const status = statusOf(state);
  return {
    id: number(stageId),
    parents,
    ...(status === undefined ? {} : { status }),
    timing: window === undefined ? { basis: 'execution_window' } : { basis: 'observed_events', window },
    metrics: [rows(stageStats.outputPositions)],
    ...(plan === undefined
      ? {}
      : {
          operators: [operatorReport(JSON.parse(plan.jsonRepresentation) as TrinoNode, stageStats.operatorSummaries)],
        }),
    tasks: tasks.map(taskReport),
  };
}

/** From the first task to the last; none before all of them have ended. */
function spanOf(tasks: readonly TrinoTask[]): TimeWindow | undefined {
  const starts = tasks.map(({ stats }) => instant(stats.createTime)).sort();
  const ends = tasks.map(({ stats }) => (stats.endTime === undefined ? undefined : instant(stats.endTime)));
  const [start] = starts;
  const known = ends.filter((end) => end !== undefined).sort();
  const end = known.at(-1);
  return start === undefined || end === undefined || known.length < ends.length ? undefined : { start, end };
}

function taskReport({ taskStatus, stats }: TrinoTask): TaskReport {
  const [, , task = '', attempt = ''] = taskStatus.taskId.split('.');
  const status = statusOf(taskStatus.state);
  const code = taskStatus.failures[0]?.errorCode;
  const { createTime, endTime } = stats;
  return {
    id: task,
    attempt: Number(attempt),
    host: taskStatus.nodeId,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { error: { code: code.name, type: code.type } }),
    timing:
      endTime === undefined
        ? { basis: 'execution_window' }
        : { basis: 'measured', window: { start: instant(createTime), end: instant(endTime) } },
    metrics: [
      rows(stats.outputPositions),
      compute(nanoseconds(stats.totalCpuTime)),
      bytesRead(stats.physicalInputDataSize),
    ],
  };
}

/** Operators that take rows in, or hand them on to another pipeline or stage: they put out none of their own. */
const SINKS =
  /^(TaskOutput|PartitionedOutput|LocalExchangeSink|HashBuilder|DynamicFilterSource|NestedLoopBuild|SetBuilder|SpatialIndexBuilder)/;

/** What the operators of a plan node put out: in each pipeline the last of them that is not a sink, summed over pipelines. */
function rowsOut(operators: readonly TrinoOperator[]): MetricReport[] {
  const last = new Map<number, TrinoOperator>();
  for (const operator of operators.filter(({ operatorType }) => !SINKS.test(operatorType))) {
    const other = last.get(operator.pipelineId);
    if (other === undefined || other.operatorId < operator.operatorId) last.set(operator.pipelineId, operator);
  }
  return last.size === 0
    ? []
    : [rows([...last.values()].reduce((sum, { outputPositions }) => sum + outputPositions, 0))];
}

function operatorReport(node: TrinoNode, summaries: readonly TrinoOperator[]): OperatorReport {
  const own = summaries.filter(({ planNodeId }) => planNodeId === node.id);
  const cpu = own.flatMap(({ addInputCpu, getOutputCpu, finishCpu }) => [addInputCpu, getOutputCpu, finishCpu]);
  const inputs = node.descriptor.sourceFragmentIds?.match(/\d+/g);
  const read = own.reduce((sum, { physicalInputDataSize }) => sum + Number.parseInt(physicalInputDataSize, 10), 0);
  return {
    id: node.id,
    name: node.name,
    timing: { basis: 'execution_window' },
    metrics: [
      ...rowsOut(own),
      ...(own.length === 0 ? [] : [compute(cpu.reduce((sum, text) => sum + nanoseconds(text), 0))]),
      ...(read === 0 ? [] : [bytesRead(`${read}B`)]),
    ],
    ...(inputs == null ? {} : { inputStages: inputs }),
    children: node.children.map((child) => operatorReport(child, summaries)),
  };
}

const rows = (value: number): MetricReport => ({ name: 'output_rows', type: 'count', unit: '{row}', value });
const compute = (value: number): MetricReport => ({ name: 'elapsed_compute', type: 'time', unit: 'ns', value });
const bytesRead = (text: string): MetricReport => {
  return { name: 'bytes_read', type: 'count', unit: 'By', value: Number.parseInt(text, 10) };
};
const lasting = (duration: number) => ({ basis: 'engine_duration', duration: String(Math.round(duration)) }) as const;

/** The number of a stage within its query. */
function number(stageId: string): string {
  return stageId.slice(stageId.lastIndexOf('.') + 1);
}

function statusOf(state: string): TaskReport['status'] {
  if (state === 'FINISHED') return 'ok';
  if (state === 'FAILED') return 'error';
  return state === 'ABORTED' || state === 'CANCELED' ? 'cancelled' : undefined;
}

/** `2026-11-28T12:06:48.494814549Z`, with as many digits as the version gives. */
function instant(text: string): string {
  const [seconds = '', fraction = ''] = text.replace('Z', '').split('.');
  return `${Date.parse(`${seconds}Z`) / 1_000}${fraction.padEnd(9, '0')}`;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3_600e9, d: 86_400e9 };

/** A duration as Trino shows it, `11.83ms`: rounded to a hundredth of its unit. */
function nanoseconds(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Math.round(Number(value) * (UNITS[unit] ?? Number.NaN));
}

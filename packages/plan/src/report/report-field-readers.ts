import { type MetricType, TEXT_KINDS, TIMING_BASES, type TimingBasis } from '@planscope/semconv';
import {
  array,
  boolean,
  count,
  digits,
  type FieldReaders,
  InvalidField,
  isRecord,
  name,
  object,
  oneOf,
  optional,
  quantity,
  type Reader,
  string,
} from '../json/read-document.ts';
import type { NodeField } from '../node/plan-node.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type {
  EngineErrorReport,
  EngineReport,
  ExecutionStatus,
  HttpRequestReport,
  IoReport,
  MetricReport,
  OperatorReport,
  PhaseReport,
  QueryReport,
  ReportedTiming,
  RuleReport,
  SpreadReport,
  StageReport,
  TimeWindow,
} from './engine-report.ts';
import { isTraceparent } from './report-recorder.ts';
import { ascending, stageParentCycle } from './report-stages.ts';
import type { PlanNodeReport, PlanReport } from './reported-plan.ts';

const statuses: readonly ExecutionStatus[] = ['ok', 'error', 'cancelled'];
const metricTypes: readonly MetricType[] = ['count', 'gauge', 'time', 'timestamp', 'ratio'];
const phases: readonly PlanningPhase[] = [
  'analyze_logical_plan',
  'optimize_logical_plan',
  'create_physical_plan',
  'optimize_physical_plan',
];

/** Maximum depth: more than any plan has, and far below the limit of the call stack. */
const DEEPEST_TREE = 1_000;

export const status: Reader<ExecutionStatus> = oneOf(statuses);

export const phaseName: Reader<PlanningPhase> = oneOf(phases);

export const engine: Reader<EngineReport['engine']> = object<EngineReport['engine']>({ name, version: string });

export const metric: Reader<MetricReport> = object<MetricReport>({
  name,
  type: oneOf(metricTypes),
  unit: string,
  value: quantity,
  source: optional(oneOf(['io_log', 'profile', 'settings'])),
});

const query: Reader<QueryReport> = object<QueryReport>({
  text: string,
  operation: optional(string),
  summary: optional(string),
});

const readWindow = object<TimeWindow>({ start: digits, end: digits });

const window: Reader<TimeWindow> = (value, path) => {
  const read = readWindow(value, path);
  if (BigInt(read.end) >= BigInt(read.start)) return read;
  throw new InvalidField(`${path}.end`, read.end, `the start, ${read.start}, or later`);
};

const readTiming = object<ReportedTiming>({
  basis: oneOf(TIMING_BASES),
  duration: optional(digits),
  window: optional(window),
});

/** The fields that each basis requires. */
const claims: Partial<Record<TimingBasis, 'duration' | 'window'>> = {
  measured: 'window',
  observed_events: 'window',
  engine_duration: 'duration',
};

export const timing: Reader<ReportedTiming> = (value, path) => {
  const read = readTiming(value, path);
  const field = claims[read.basis];
  if (field === undefined || read[field] !== undefined) return read;
  throw new InvalidField(`${path}.${field}`, undefined, `given where the basis is "${read.basis}"`);
};

/** A code is set on spans unchanged, so it must not be able to contain a sentence. */
const code: Reader<string> = (value, path) => {
  if (typeof value === 'string' && /^[\w.:/-]{1,128}$/.test(value)) return value;
  throw new InvalidField(path, value, 'a code of at most 128 letters, digits and _ . : / -');
};

export const engineError: Reader<EngineErrorReport> = object<EngineErrorReport>({ code, type: optional(code) });

export const traceparent: Reader<string> = (value, path) => {
  if (typeof value === 'string' && isTraceparent(value)) return value;
  throw new InvalidField(path, value, 'W3C trace context, as 00-<trace id>-<span id>-<flags>');
};

const KINDS = TEXT_KINDS.map(({ kind }) => kind);

const fieldText: Reader<NodeField['text']> = (value, path) =>
  typeof value === 'string' ? value : array(string)(value, path);

const field = object<NodeField>({ key: name, text: fieldText, kind: oneOf(KINDS) });

/** Trees of nodes with `children`, with a maximum depth to protect recursive code. */
export function trees<Node>(node: Reader<Node>): Reader<readonly Node[]> {
  const read = array(node);
  return (value, path) => {
    let level: unknown[] = Array.isArray(value) ? value : [];
    for (let depth = 1; level.length > 0; depth += 1) {
      if (depth > DEEPEST_TREE) throw new InvalidField(path, '…', `nested at most ${DEEPEST_TREE} deep`);
      const children = level.flatMap((entry) => (isRecord(entry) ? (entry.children ?? []) : []));
      level = [...new Set(children)];
    }
    return read(value, path);
  };
}

const planNode: Reader<PlanNodeReport> = object<PlanNodeReport>({
  name,
  fields: optional(array(field)),
  children: (value, path): readonly PlanNodeReport[] => array(planNode)(value, path),
});

const planNodes = trees(planNode);

const plan: Reader<PlanReport> = (value, path) => (typeof value === 'string' ? value : planNodes(value, path));

/** The fields of a rule in every version. */
export const ruleFields: FieldReaders<Omit<RuleReport, 'invocations' | 'applied'>> = {
  name,
  timing,
  changed: optional(boolean),
  planBefore: optional(plan),
  planAfter: optional(plan),
  planBasis: optional(oneOf(['reported', 'ablation'])),
  plansUnavailable: optional(string),
};

/** The fields of a phase in every version, except its rules. */
export const phaseFields: FieldReaders<Omit<PhaseReport, 'rules'>> = {
  phase: phaseName,
  step: optional(string),
  timing,
  planBefore: optional(plan),
  planAfter: optional(plan),
};

type EngineAttributes = NonNullable<OperatorReport['attributes']>;

const attributes: Reader<EngineAttributes> = (value, path) => {
  if (!isRecord(value)) throw new InvalidField(path, value, 'an object');
  for (const [key, entry] of Object.entries(value)) {
    const texts = Array.isArray(entry) && entry.every((text) => typeof text === 'string');
    if (texts || ['string', 'boolean'].includes(typeof entry) || Number.isFinite(entry)) continue;
    throw new InvalidField(`${path}.${key}`, entry, 'a string, a finite number, true, false or an array of strings');
  }
  return { ...value } as EngineAttributes;
};

/** The fields of an operator in every version, except its children. */
export const operatorFields: FieldReaders<Omit<OperatorReport, 'inputStages' | 'scans' | 'children'>> = {
  id: name,
  name,
  fields: optional(array(field)),
  timing,
  metrics: array(metric),
  attributes: optional(attributes),
};

const range: Reader<readonly [number | string, number | string]> = (value, path) => {
  const [start, end, ...more] = array(quantity)(value, path);
  if (start === undefined || end === undefined || more.length > 0) throw new InvalidField(path, value, '[start, end]');
  return [start, end];
};

const request: Reader<HttpRequestReport> = object<HttpRequestReport>({
  method: code,
  host: optional(string),
  port: optional(count),
  status: optional(count),
  resend: optional(count),
  error: optional(code),
});

const io: Reader<IoReport> = object<IoReport>({
  store: name,
  operation: name,
  location: string,
  bytes: quantity,
  requests: count,
  system: optional(code),
  timing,
  operatorId: optional(string),
  ranges: optional(array(range)),
  request: optional(request),
});

type CommonFields = Pick<
  EngineReport,
  'engine' | 'queryId' | 'query' | 'identifiers' | 'status' | 'window' | 'detail' | 'io' | 'metrics'
>;

/** The fields of a report in every version, except planning and operators. */
export const reportFields: FieldReaders<CommonFields> = {
  engine,
  queryId: optional(string),
  query: optional(query),
  identifiers: optional(array(string)),
  status,
  window,
  detail: optional(oneOf(['summary'])),
  io: optional(array(io)),
  metrics: optional(array(metric)),
};

/** Checks references between parts of a report. @throws InvalidField */
export function checkReport(report: EngineReport): void {
  const { stages = [], io = [] } = report;
  checkError(report, '');
  const ids = new Unique();
  const stageIds = new Unique();
  for (const [index, stage] of stages.entries()) stageIds.add(stage.id, `stages[${index}]`);
  checkOperators(report.operators ?? [], 'operators', ids, stageIds);
  for (const [index, stage] of stages.entries()) {
    const path = `stages[${index}]`;
    checkParents(stage, path, stageIds);
    checkTasks(stage, path);
    for (const [number, spread] of (stage.spread ?? []).entries()) checkSpread(spread, `${path}.spread[${number}]`);
    checkOperators(stage.operators ?? [], `${path}.operators`, ids, stageIds);
  }
  const cycle = stageParentCycle(stages);
  if (cycle !== undefined) {
    const index = stages.findIndex(({ id }) => id === cycle);
    throw new InvalidField(`stages[${index}].parents`, stages[index]?.parents, 'stages that are not below this one');
  }
  for (const [index, { operatorId }] of io.entries()) {
    if (operatorId === undefined || ids.has(operatorId)) continue;
    throw new InvalidField(`io[${index}].operatorId`, operatorId, 'the id of an operator of this report');
  }
}

/** Ids, and the path where each occurs first. */
class Unique {
  readonly #places = new Map<string, string>();

  add(id: string, place: string, shown: unknown = id): void {
    const earlier = this.#places.get(id);
    if (earlier !== undefined) throw new InvalidField(`${place}.id`, shown, `unique, ${earlier} has it already`);
    this.#places.set(id, place);
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }
}

function checkOperators(siblings: readonly OperatorReport[], path: string, ids: Unique, stages: Unique): void {
  for (const [index, { id, children, inputStages = [] }] of siblings.entries()) {
    const place = `${path}[${index}]`;
    ids.add(id, place);
    for (const [number, stage] of inputStages.entries()) expectStage(stage, `${place}.inputStages[${number}]`, stages);
    checkOperators(children, `${place}.children`, ids, stages);
  }
}

function expectStage(id: string, path: string, stages: Unique): void {
  if (!stages.has(id)) throw new InvalidField(path, id, 'the id of a stage of this report');
}

function checkParents({ parents }: StageReport, path: string, stages: Unique): void {
  for (const [index, parent] of parents.entries()) {
    expectStage(parent, `${path}.parents[${index}]`, stages);
    if (parents.indexOf(parent) < index) throw new InvalidField(`${path}.parents[${index}]`, parent, 'named once');
  }
}

function checkTasks({ tasks }: StageReport, path: string): void {
  const ids = new Unique();
  for (const [index, task] of tasks.entries()) {
    const place = `${path}.tasks[${index}]`;
    ids.add(JSON.stringify([task.id, task.attempt ?? 0]), place, task.id);
    checkError(task, place);
  }
}

function checkSpread({ least, median, most }: SpreadReport, path: string): void {
  if (ascending(least, median) > 0) throw new InvalidField(`${path}.median`, median, `${least} or more, the least`);
  if (ascending(median, most) > 0) throw new InvalidField(`${path}.most`, most, `${median} or more, the median`);
}

interface Ended {
  readonly status?: EngineReport['status'];
  readonly error?: EngineErrorReport;
}

function checkError({ status, error }: Ended, path: string): void {
  if (error === undefined || status !== 'ok') return;
  throw new InvalidField(path === '' ? 'error' : `${path}.error`, error, 'absent where the status is "ok"');
}

import { type MetricType, TIMING_BASES, type TimingBasis } from '@planscope/semconv';
import type { ExecutionStatus } from '../execution/execution.ts';
import { PlanError } from '../plan-error.ts';
import type { PlanningPhase } from '../planning/planning-interceptor.ts';
import type {
  EngineReport,
  IoReport,
  MetricReport,
  OperatorReport,
  PhaseReport,
  QueryReport,
  ReportedTiming,
  RuleReport,
  TimeWindow,
} from './engine-report.ts';
import {
  array,
  boolean,
  count,
  digits,
  invalidReport,
  isRecord,
  name,
  object,
  oneOf,
  optional,
  quantity,
  type Reader,
  string,
} from './report-reader.ts';

/**
 * Reads an engine report, checking every field; fields that this version does not know are left out.
 *
 * @param json the report as JSON text, or as the value of such text
 * @throws PlanError `invalid-report`, naming the field, its value and what would be right
 */
export function readEngineReport(json: unknown): EngineReport {
  const value = typeof json === 'string' ? parse(json) : json;
  if (!isRecord(value)) throw new PlanError('invalid-report', 'engine report: should be an object');
  oneOf([1])(value.version, 'version');
  const read = report(value, '');
  checkOperatorIds(read);
  return read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlanError('invalid-report', 'engine report: is no JSON text', { cause });
  }
}

const statuses: readonly ExecutionStatus[] = ['ok', 'error', 'cancelled'];
const metricTypes: readonly MetricType[] = ['count', 'gauge', 'time', 'timestamp', 'ratio'];
const phases: readonly PlanningPhase[] = [
  'analyze_logical_plan',
  'optimize_logical_plan',
  'create_physical_plan',
  'optimize_physical_plan',
];

const readWindow = object<TimeWindow>({ start: digits, end: digits });

const window: Reader<TimeWindow> = (value, path) => {
  const read = readWindow(value, path);
  if (BigInt(read.end) >= BigInt(read.start)) return read;
  throw invalidReport(`${path}.end`, read.end, `the start, ${read.start}, or later`);
};

const readTiming = object<ReportedTiming>({
  basis: oneOf(TIMING_BASES),
  duration: optional(digits),
  window: optional(window),
});

/** What a basis claims to know. */
const claims: Partial<Record<TimingBasis, 'duration' | 'window'>> = {
  measured: 'window',
  observed_events: 'window',
  engine_duration: 'duration',
};

const timing: Reader<ReportedTiming> = (value, path) => {
  const read = readTiming(value, path);
  const field = claims[read.basis];
  if (field === undefined || read[field] !== undefined) return read;
  throw invalidReport(`${path}.${field}`, undefined, `given where the basis is "${read.basis}"`);
};

const metric = object<MetricReport>({
  name,
  type: oneOf(metricTypes),
  unit: string,
  value: quantity,
});

const rule = object<RuleReport>({
  name,
  timing,
  changed: optional(boolean),
  planBefore: optional(string),
  planAfter: optional(string),
  planBasis: optional(oneOf(['reported', 'ablation'])),
});

const phase = object<PhaseReport>({
  phase: oneOf(phases),
  step: optional(string),
  timing,
  rules: array(rule),
  planBefore: optional(string),
  planAfter: optional(string),
});

type EngineAttributes = NonNullable<OperatorReport['attributes']>;

const attributes: Reader<EngineAttributes> = (value, path) => {
  if (!isRecord(value)) throw invalidReport(path, value, 'an object');
  for (const [key, entry] of Object.entries(value)) {
    const texts = Array.isArray(entry) && entry.every((text) => typeof text === 'string');
    if (texts || ['string', 'boolean'].includes(typeof entry) || Number.isFinite(entry)) continue;
    throw invalidReport(`${path}.${key}`, entry, 'a string, a finite number, true, false or an array of strings');
  }
  return { ...value } as EngineAttributes;
};

const operator: Reader<OperatorReport> = object<OperatorReport>({
  id: name,
  name,
  description: optional(string),
  timing,
  metrics: array(metric),
  attributes: optional(attributes),
  children: (value, path): readonly OperatorReport[] => array(operator)(value, path),
});

const range: Reader<readonly [number | string, number | string]> = (value, path) => {
  const [start, end, ...more] = array(quantity)(value, path);
  if (start === undefined || end === undefined || more.length > 0) throw invalidReport(path, value, '[start, end]');
  return [start, end];
};

const io = object<IoReport>({
  store: name,
  operation: name,
  location: string,
  bytes: quantity,
  requests: count,
  timing,
  operatorId: optional(string),
  ranges: optional(array(range)),
});

const query = object<QueryReport>({
  text: string,
  operation: optional(string),
  summary: optional(string),
});

const report = object<EngineReport>({
  version: oneOf([1]),
  engine: object<EngineReport['engine']>({ name, version: string }),
  queryId: optional(string),
  query: optional(query),
  status: oneOf(statuses),
  window,
  planning: optional(array(phase)),
  operators: optional(array(operator)),
  io: optional(array(io)),
  metrics: optional(array(metric)),
  stage: optional(string),
  task: optional(string),
  attempt: optional(count),
  host: optional(string),
});

function checkOperatorIds({ operators = [], io: events = [] }: EngineReport): void {
  const ids = new Map<string, string>();
  const visit = (siblings: readonly OperatorReport[], path: string): void => {
    for (const [index, { id, children }] of siblings.entries()) {
      const place = `${path}[${index}]`;
      const earlier = ids.get(id);
      if (earlier !== undefined) throw invalidReport(`${place}.id`, id, `unique, ${earlier} has it already`);
      ids.set(id, place);
      visit(children, `${place}.children`);
    }
  };
  visit(operators, 'operators');
  for (const [index, { operatorId }] of events.entries()) {
    if (operatorId === undefined || ids.has(operatorId)) continue;
    throw invalidReport(`io[${index}].operatorId`, operatorId, 'the id of an operator of this report');
  }
}

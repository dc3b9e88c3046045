import { TEXT_KINDS, TIMING_BASES, type TimingBasis } from '@planscope/semconv';
import {
  array,
  boolean,
  count,
  digits,
  isRecord,
  name,
  object,
  oneOf,
  optional,
  quantity,
  type Reader,
  string,
} from '../json/field-readers.ts';
import { InvalidField } from '../json/invalid-field.ts';
import { readDocument } from '../json/read-document.ts';
import type { NodeField } from '../node/node-field.ts';
import type {
  EngineReport,
  IoReport,
  OperatorReport,
  PhaseReport,
  QueryReport,
  ReportedTiming,
  RuleReport,
  TimeWindow,
} from './engine-report.ts';
import { engine, metric, phaseName, status } from './report-field-readers.ts';
import type { PlanNodeReport, PlanReport } from './reported-plan.ts';

/**
 * Reads an engine report, checking every field; fields that this version does not know are left out.
 *
 * @param json the report as JSON text, or as the value of such text
 * @throws PlanError `invalid-report`, naming the field, its value and what would be right
 */
export function readEngineReport(json: unknown): EngineReport {
  return readDocument(json, { name: 'engine report', code: 'invalid-report' }, (value, path) => {
    const read = report(value, path);
    checkOperatorIds(read);
    return read;
  });
}

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
  throw new InvalidField(`${path}.${field}`, undefined, `given where the basis is "${read.basis}"`);
};

const KINDS = TEXT_KINDS.map(({ kind }) => kind);

const fieldText: Reader<NodeField['text']> = (value, path) =>
  typeof value === 'string' ? value : array(string)(value, path);

const field = object<NodeField>({ key: name, text: fieldText, kind: oneOf(KINDS) });

const planNode: Reader<PlanNodeReport> = object<PlanNodeReport>({
  name,
  fields: optional(array(field)),
  children: (value, path): readonly PlanNodeReport[] => array(planNode)(value, path),
});

const plan: Reader<PlanReport> = (value, path) => (typeof value === 'string' ? value : array(planNode)(value, path));

const rule = object<RuleReport>({
  name,
  timing,
  changed: optional(boolean),
  planBefore: optional(plan),
  planAfter: optional(plan),
  planBasis: optional(oneOf(['reported', 'ablation'])),
  plansUnavailable: optional(string),
});

const phase = object<PhaseReport>({
  phase: phaseName,
  step: optional(string),
  timing,
  rules: array(rule),
  planBefore: optional(plan),
  planAfter: optional(plan),
});

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

const operator: Reader<OperatorReport> = object<OperatorReport>({
  id: name,
  name,
  fields: optional(array(field)),
  timing,
  metrics: array(metric),
  attributes: optional(attributes),
  children: (value, path): readonly OperatorReport[] => array(operator)(value, path),
});

const range: Reader<readonly [number | string, number | string]> = (value, path) => {
  const [start, end, ...more] = array(quantity)(value, path);
  if (start === undefined || end === undefined || more.length > 0) throw new InvalidField(path, value, '[start, end]');
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
  engine,
  queryId: optional(string),
  query: optional(query),
  identifiers: optional(array(string)),
  status,
  window,
  detail: optional(oneOf(['summary'])),
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
      if (earlier !== undefined) throw new InvalidField(`${place}.id`, id, `unique, ${earlier} has it already`);
      ids.set(id, place);
      visit(children, `${place}.children`);
    }
  };
  visit(operators, 'operators');
  for (const [index, { operatorId }] of events.entries()) {
    if (operatorId === undefined || ids.has(operatorId)) continue;
    throw new InvalidField(`io[${index}].operatorId`, operatorId, 'the id of an operator of this report');
  }
}

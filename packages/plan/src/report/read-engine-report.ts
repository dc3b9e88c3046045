import {
  array,
  boolean,
  count,
  InvalidField,
  name,
  object,
  oneOf,
  optional,
  quantity,
  type Reader,
  readDocument,
  string,
} from '../json/read-document.ts';
import type {
  EngineReport,
  OperatorReport,
  OtherTasksReport,
  PhaseReport,
  QueuePhase,
  QueuePhaseReport,
  RuleReport,
  SpreadReport,
  StageReport,
  TaskReport,
} from './engine-report.ts';
import {
  checkReport,
  engineError,
  metric,
  operatorFields,
  phaseFields,
  reportFields,
  ruleFields,
  status,
  timing,
  traceparent,
  trees,
} from './report-field-readers.ts';
import { readVersion1 } from './report-version-1.ts';

/**
 * Reads an engine report and validates every field. Unknown fields are ignored. A document of version 1 is converted to
 * version 2.
 *
 * @param json the report as JSON text or as a parsed value
 * @throws PlanError `invalid-report` with the field, its value and a valid one
 */
export function readEngineReport(json: unknown): EngineReport {
  const kind = { name: 'engine report', code: 'invalid-report', versions: [1, 2] } as const;
  return readDocument(json, kind, (value, path) => {
    const isOld = (value as { version: unknown }).version === 1;
    return isOld ? readVersion1(value, path) : readVersion2(value, path);
  });
}

const queuePhases: readonly QueuePhase[] = ['queued', 'waiting', 'dispatching'];

const queuePhase = object<QueuePhaseReport>({ phase: oneOf(queuePhases), step: optional(string), timing });

const readRule = object<RuleReport>({ ...ruleFields, invocations: optional(count), applied: optional(count) });

const rule: Reader<RuleReport> = (value, path) => {
  const read = readRule(value, path);
  const { changed, invocations, applied } = read;
  if (applied === undefined) return read;
  if (invocations !== undefined && applied > invocations) {
    throw new InvalidField(`${path}.applied`, applied, `at most the invocations, ${invocations}`);
  }
  if (changed !== undefined && changed !== applied > 0) {
    throw new InvalidField(`${path}.changed`, changed, `${applied > 0}, as applied is ${applied}`);
  }
  return read;
};

const phase = object<PhaseReport>({ ...phaseFields, rules: array(rule) });

const operator: Reader<OperatorReport> = object<OperatorReport>({
  ...operatorFields,
  inputStages: optional(array(name)),
  scans: optional(oneOf(['table', 'files'])),
  children: (value, path): readonly OperatorReport[] => array(operator)(value, path),
});

const task = object<TaskReport>({
  id: name,
  attempt: optional(count),
  host: optional(string),
  status: optional(status),
  error: optional(engineError),
  timing,
  metrics: array(metric),
});

const readOtherTasks = object<OtherTasksReport>({ count, failed: optional(count) });

const otherTasks: Reader<OtherTasksReport> = (value, path) => {
  const read = readOtherTasks(value, path);
  const { count: all, failed = 0 } = read;
  if (failed <= all) return read;
  throw new InvalidField(`${path}.failed`, failed, `at most the count, ${all}`);
};

const spread = object<SpreadReport>({ name, unit: string, least: quantity, median: quantity, most: quantity });

const stage = object<StageReport>({
  id: name,
  parents: array(name),
  status: optional(status),
  timing,
  partial: optional(boolean),
  metrics: array(metric),
  operators: optional(trees(operator)),
  tasks: array(task),
  otherTasks: optional(otherTasks),
  spread: optional(array(spread)),
});

const report = object<EngineReport>({
  version: oneOf([2]),
  ...reportFields,
  error: optional(engineError),
  partial: optional(boolean),
  traceparent: optional(traceparent),
  queue: optional(array(queuePhase)),
  planning: optional(array(phase)),
  operators: optional(trees(operator)),
  stages: optional(array(stage)),
});

const readVersion2: Reader<EngineReport> = (value, path) => {
  const read = report(value, path);
  checkReport(read);
  return read;
};

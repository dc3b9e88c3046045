import { FIELD_DETAIL } from '@planscope/semconv';
import { array, count, object, oneOf, optional, type Reader, string } from '../json/read-document.ts';
import type { EngineReport, OperatorReport, PhaseReport, RuleReport, StageReport } from './engine-report.ts';
import { checkReport, operatorFields, phaseFields, reportFields, ruleFields, trees } from './report-field-readers.ts';

/** A report of version 1, in which a distributed engine named the single task of the report. */
interface EngineReport1
  extends Omit<EngineReport, 'version' | 'error' | 'partial' | 'traceparent' | 'queue' | 'stages'> {
  readonly version: 1;
  readonly stage?: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly host?: string;
}

const rule = object<Omit<RuleReport, 'invocations' | 'applied'>>(ruleFields);

/** An operator of version 1, with a description in one line. */
interface OperatorReport1 extends Omit<OperatorReport, 'inputStages' | 'scans'> {
  readonly description?: string;
}

const readOperator = object<OperatorReport1>({
  ...operatorFields,
  description: optional(string),
  children: (value, path): readonly OperatorReport[] => array(operator)(value, path),
});

const operator: Reader<OperatorReport> = (value, path) => {
  const { description, ...rest } = readOperator(value, path);
  if (description === undefined || rest.fields !== undefined) return rest;
  // A description could start with the name, which version 2 adds itself.
  const text = description.startsWith(`${rest.name}: `) ? description.slice(rest.name.length + 2) : description;
  return { ...rest, fields: [{ key: FIELD_DETAIL, text, kind: 'plan' }] };
};

const report = object<EngineReport1>({
  version: oneOf([1]),
  ...reportFields,
  planning: optional(array(object<PhaseReport>({ ...phaseFields, rules: array(rule) }))),
  operators: optional(trees(operator)),
  stage: optional(string),
  task: optional(string),
  attempt: optional(count),
  host: optional(string),
});

/**
 * Converts a document of version 1 to version 2. If it names a stage, task, attempt or host, the result has one stage
 * with one task and all operators; missing names are `0`.
 */
export const readVersion1: Reader<EngineReport> = (value, path) => {
  const read = report(value, path);
  checkReport({ ...read, version: 2 });
  const { version: _, stage, task, attempt, host, ...rest } = read;
  if (stage === undefined && task === undefined && attempt === undefined && host === undefined) {
    return { version: 2, ...rest };
  }
  const { operators, ...whole } = rest;
  const { status, window } = rest;
  const timing = { basis: 'measured', window } as const;
  const only: StageReport = {
    id: stage || '0',
    parents: [],
    status,
    timing,
    metrics: [],
    ...(operators === undefined ? {} : { operators }),
    tasks: [
      {
        id: task || '0',
        ...(attempt === undefined ? {} : { attempt }),
        ...(host === undefined ? {} : { host }),
        status,
        timing,
        metrics: [],
      },
    ],
  };
  return { version: 2, ...whole, stages: [only] };
};

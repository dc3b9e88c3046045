import { sharedSchema, textAttributes } from '@planscope/semconv';
import { PlanError } from '../plan-error.ts';
import type { EngineReport } from '../report/engine-report.ts';
import { readEngineReport } from '../report/read-engine-report.ts';
import { operatorsBelow, reportOperators, stageParentCycle } from '../report/report-stages.ts';
import { ConformanceError, expectThat, type ReportCheck } from './conformance-check.ts';
import { reportParts } from './report-parts.ts';

/** The rules for the parts of a report and their structure, by name. */
export const reportShapeChecks: Readonly<Record<string, ReportCheck>> = {
  'a report is plain JSON that reads back as it was': (report) => {
    const text = jsonOf(report);
    expectThat(sorted(readBack(text)) === sorted(JSON.parse(text)), 'the report has fields that its reader leaves out');
  },
  'every window lies within that of what is around it': (report) => {
    for (const { path, timing, around } of reportParts(report)) {
      const { window } = timing;
      if (window === undefined) continue;
      const isWithin =
        BigInt(around.start) <= BigInt(window.start) &&
        BigInt(window.start) <= BigInt(window.end) &&
        BigInt(window.end) <= BigInt(around.end);
      const what = `${window.start} to ${window.end}, outside of ${around.start} to ${around.end}`;
      expectThat(isWithin, `${path}.timing.window is ${what}`);
    }
  },
  'every operator, stage and task has an id of its own': (report) => {
    expectUnique(
      [...reportOperators(report)].map(({ operator }) => operator.id),
      'operator',
    );
    const { stages = [] } = report;
    expectUnique(
      stages.map(({ id }) => id),
      'stage',
    );
    for (const { id, tasks } of stages) {
      expectUnique(
        tasks.map((task) => `${task.id}, attempt ${task.attempt ?? 0}`),
        `task of stage "${id}"`,
      );
    }
  },
  'every stage is read by stages that are there, and is not below itself': ({ stages = [] }) => {
    const ids = new Set(stages.map(({ id }) => id));
    for (const { id, parents } of stages) {
      const missing = parents.find((parent) => !ids.has(parent));
      expectThat(missing === undefined, `stage "${id}" is read by stage "${missing}", which is not there`);
    }
    const cycle = stageParentCycle(stages);
    expectThat(cycle === undefined, `stage "${cycle}" is below itself`);
  },
  'an operator that takes rows from a stage is in a stage that reads it, and each such stage has one': (report) => {
    const { stages = [] } = report;
    for (const { id, operators } of stages) {
      if (operators === undefined) continue;
      const inputs = new Set([...operatorsBelow(operators)].flatMap(({ inputStages = [] }) => inputStages));
      const below = new Set(stages.filter(({ parents }) => parents.includes(id)).map((stage) => stage.id));
      const strange = [...inputs].find((input) => !below.has(input));
      expectThat(
        strange === undefined,
        `stage "${id}" has an operator that reads "${strange}", whose parent it is not`,
      );
      const unread = [...below].find((input) => !inputs.has(input));
      expectThat(unread === undefined, `stage "${id}" reads "${unread}", but none of its operators says so`);
    }
  },
  'every read and write names an operator that is there, if it names one': (report) => {
    const ids = new Set([...reportOperators(report)].map(({ operator }) => operator.id));
    const lost = (report.io ?? []).find(({ operatorId }) => operatorId !== undefined && !ids.has(operatorId));
    expectThat(lost === undefined, `a read or write names operator "${lost?.operatorId}", which is not there`);
  },
  'what failed says so, and only that has an error': ({ status, error, stages = [] }) => {
    expectThat(error === undefined || status !== 'ok', `the report has an error and the status "${status}"`);
    for (const { id, status: ended, tasks } of stages) {
      expectThat(ended !== 'error' || status !== 'ok', `stage "${id}" failed, and the report has the status "ok"`);
      const wrong = tasks.find((task) => task.error !== undefined && task.status === 'ok');
      expectThat(wrong === undefined, `task "${wrong?.id}" of stage "${id}" has an error and the status "ok"`);
    }
  },
  'what has not ended is in a report that says it was taken early': ({ partial = false, stages = [] }) => {
    for (const { id, status, tasks, partial: own = partial } of stages) {
      const open = status === undefined || tasks.some((task) => task.status === undefined);
      expectThat(!open || own, `stage "${id}" or a task of it has no status, and neither it nor the report is partial`);
    }
  },
  'a rule changed the plan at most as often as it was called, and says so in one way': ({ planning = [] }) => {
    for (const { name, changed, applied, invocations } of planning.flatMap(({ rules }) => rules)) {
      if (applied === undefined) continue;
      const calls = invocations ?? applied;
      expectThat(applied <= calls, `rule "${name}" was applied ${applied} times in ${calls} calls`);
      expectThat(
        changed === undefined || changed === applied > 0,
        `rule "${name}" says it changed the plan ${changed}`,
      );
    }
  },
  'texts that are recorded as they are hold nothing of the data': (report, { markers = [], schemas = [] }) => {
    const definitionOf = textAttributes([sharedSchema, ...schemas]);
    const codes = [...reportOperators(report)].flatMap(({ operator }) =>
      Object.entries(operator.attributes ?? {}).flatMap(([key, value]) =>
        definitionOf(key)?.text === 'code' ? [[`attribute ${key}`, value] as const] : [],
      ),
    );
    for (const [where, text] of [...plainTexts(report), ...codes]) {
      const marker = markers.find((one) => String(text).includes(one));
      expectThat(
        marker === undefined,
        `${where} ${JSON.stringify(text)} holds ${JSON.stringify(marker)}, which is data`,
      );
    }
  },
};

function jsonOf(report: EngineReport): string {
  try {
    return JSON.stringify(report);
  } catch (error) {
    throw new ConformanceError(`the report is not JSON: ${(error as Error).message}`);
  }
}

function readBack(text: string): EngineReport {
  try {
    return readEngineReport(text);
  } catch (error) {
    throw PlanError.isInstance(error) ? new ConformanceError(error.message) : error;
  }
}

/** JSON with sorted keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1)))
      : entry,
  );
}

function expectUnique(ids: readonly string[], kind: string): void {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  expectThat(twice === undefined, `two have the id of ${kind} "${twice}"`);
}

/** The texts of a report that recorders treat as codes and names, with a description of each. */
function* plainTexts(report: EngineReport): Generator<readonly [where: string, text: string | undefined]> {
  const { engine, error, planning = [], queue = [], stages = [], io = [], metrics = [] } = report;
  yield ['engine.name', engine.name];
  yield ['engine.version', engine.version];
  for (const ended of [{ error }, ...stages.flatMap(({ tasks }) => tasks)]) {
    yield ['error code', ended.error?.code];
    yield ['error type', ended.error?.type];
  }
  for (const { step } of [...queue, ...planning]) yield ['step', step];
  for (const { name, plansUnavailable } of planning.flatMap(({ rules }) => rules)) {
    yield ['rule', name];
    yield ['plansUnavailable', plansUnavailable];
  }
  for (const { operator } of reportOperators(report)) {
    yield ['operator', operator.name];
    yield ['operator id', operator.id];
  }
  for (const { id, tasks } of stages) {
    yield ['stage id', id];
    for (const task of tasks) yield ['task id', task.id];
  }
  for (const { store, operation } of io) yield ['operation', `${store}.${operation}`];
  for (const { name } of [...metrics, ...[...reportParts(report)].flatMap((part) => part.metrics)])
    yield ['metric', name];
}

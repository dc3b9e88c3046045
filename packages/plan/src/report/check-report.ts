import { InvalidField } from '../json/invalid-field.ts';
import type { EngineErrorReport, EngineReport, OperatorReport, SpreadReport, StageReport } from './engine-report.ts';
import { stageParentCycle } from './stage-order.ts';
import { ascending } from './stage-spread.ts';

/** What one part of a report says of another. @throws InvalidField */
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

/** Ids, and where each was first. */
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

import { describe, expect, it } from 'vitest';
import { RECORDINGS, type Recording, recording } from '../../test/recordings.ts';
import type { TrinoPlanNode, TrinoQueryInfo } from './query-info.ts';
import { readQueryInfo } from './read-query-info.ts';

interface Stage {
  readonly stageId: string;
  readonly subStages: readonly (Stage | string)[];
}

interface Report {
  readonly stages?: { readonly outputStageId: string; readonly stages: readonly Stage[] };
  readonly outputStage?: Stage;
  readonly [key: string]: unknown;
}

const parsed = (name: Recording): Report => JSON.parse(recording(name)) as Report;

/** The same report in the form of the other versions. */
function inOtherForm(report: Report): Report {
  const { stages, outputStage, ...rest } = report;
  if (stages !== undefined) {
    const nested = (id: string): Stage => {
      const stage = stages.stages.find(({ stageId }) => stageId === id);
      if (stage === undefined) throw new RangeError(id);
      return { ...stage, subStages: stage.subStages.map((below) => nested(String(below))) };
    };
    return { ...rest, outputStage: nested(stages.outputStageId) };
  }
  if (outputStage === undefined) return rest;
  const flat = (stage: Stage): Stage[] => {
    const below = stage.subStages as readonly Stage[];
    return [{ ...stage, subStages: below.map(({ stageId }) => stageId) }, ...below.flatMap(flat)];
  };
  return { ...rest, stages: { outputStageId: outputStage.stageId, stages: flat(outputStage) } };
}

const nodesOf = (node: TrinoPlanNode): TrinoPlanNode[] => [node, ...node.children.flatMap(nodesOf)];

describe('both forms of stages', () => {
  it.each(Object.keys(RECORDINGS) as Recording[])('%s is read alike in both', (name) => {
    const report = parsed(name);
    const read = readQueryInfo(report);
    expect(read.unknown).toEqual([]);
    expect(readQueryInfo(inOtherForm(report))).toEqual(read);
  });

  it('names the stages by number, the topmost first, whatever the order of the list', () => {
    const { stages, ...report } = parsed('483-finished');
    const turned = { outputStageId: stages?.outputStageId, stages: stages?.stages.toReversed() };
    const read = readQueryInfo({ ...report, stages: turned });
    expect(read.stages?.map(({ id, inputs }) => [id, inputs])).toEqual([
      ['0', ['1']],
      ['2', []],
      ['1', ['2']],
    ]);
  });

  it('says which part has another form, and reads the rest', () => {
    const { stages: _, ...report } = parsed('483-finished');
    expect(readQueryInfo({ ...report, stages: [1] })).toMatchObject({ unknown: ['stages'], state: 'FINISHED' });
    expect(readQueryInfo({ ...report, stages: null }).unknown).toEqual([]);
    expect(readQueryInfo({ ...report, outputStage: { stageId: 'top' } }).unknown).toEqual(['stages']);
    expect(readQueryInfo('{"queryId": "20261128_12')).toMatchObject({ unknown: ['report'], isFinal: false });
    expect(readQueryInfo({ ...report, queryId: 7 }).unknown).toEqual(['report']);
  });

  it('says that it cannot read plans or tasks, and keeps the numbers of the stage', () => {
    const report = parsed('483-small');
    const stages = report.stages?.stages.map((stage) => ({ ...stage, plan: { jsonRepresentation: '{' }, tasks: [{}] }));
    const read = readQueryInfo({ ...report, stages: { ...report.stages, stages } });
    expect(read.unknown).toEqual(['plan', 'tasks']);
    expect(read.stages?.[1]).toMatchObject({ totals: { outputRows: 4 }, tasks: [] });
    expect(read.stages?.[1]).not.toHaveProperty('plan');
  });
});

describe('the numbers of a recorded query', () => {
  const info = readQueryInfo(recording('483-finished'));
  const scans = (read: TrinoQueryInfo): (readonly [string | undefined, number | undefined])[] =>
    (read.stages ?? []).flatMap(({ operators }) =>
      operators
        .filter(({ type }) => /Scan/.test(type))
        .map(({ sourceId, planNodeId, physicalInputRows }): readonly [string | undefined, number | undefined] => [
          read.inputs.find((input) => input.planNodeId === (sourceId ?? planNodeId))?.table,
          physicalInputRows,
        ]),
    );

  it('has all rows of the tables of TPC-H', () => {
    expect(Object.fromEntries(scans(info))).toEqual({ customer: 1_500, orders: 15_000, lineitem: 60_175 });
    expect(Object.fromEntries(scans(readQueryInfo(recording('476-lake'))))).toEqual({ lineitem: 60_175 });
  });

  it('adds up from tasks to stages, to the byte', () => {
    for (const name of Object.keys(RECORDINGS) as Recording[]) {
      for (const { totals, tasks } of readQueryInfo(recording(name)).stages ?? []) {
        for (const key of ['outputRows', 'outputBytes', 'physicalInputBytes', 'networkInputBytes'] as const) {
          const sum = tasks.reduce((left, task) => left + (task.totals[key] ?? Number.NaN), 0);
          expect({ [key]: sum }).toEqual({ [key]: totals[key] });
        }
      }
    }
  });

  it('keeps instants to the nanosecond', () => {
    expect(info.stats).toMatchObject({ created: '1795867608494814549', ended: '1795867611271539701' });
    expect(readQueryInfo(recording('476-lake')).stats.created).toBe('1795864284260000000');
  });

  it('has the plan of each stage', () => {
    const names = info.stages?.map(({ plan }) => (plan === undefined ? [] : nodesOf(plan).length));
    expect(names).toEqual([4, 14, 1]);
  });

  it('has the error of a failed query and of its tasks, the cause first', () => {
    const failed = readQueryInfo(recording('483-failed'));
    const error = { name: 'DIVISION_BY_ZERO', type: 'USER_ERROR', message: 'Division by zero' };
    expect(failed.error).toEqual(error);
    expect(failed.stages?.[1]?.tasks.map((task) => task.error)).toEqual([error, error]);
  });
});

import { present } from '@planscope/internal/present';
import type { Steps } from '@planscope/internal/steps';
import type { UnixNanoseconds } from '@planscope/plan/report';
import type { TrinoPlanNode, TrinoStage } from './query-info.ts';
import { readOperators } from './read-operators.ts';
import { readPlan } from './read-plan.ts';
import { readingTasks } from './read-tasks.ts';
import { readTotals } from './read-totals.ts';
import { type Fields, fieldsOf, listOf, textOf, wordOf } from './report-values.ts';
import type { TalliedTasks } from './task-tally.ts';

/** A stage of the report, with the ids of the stages that it reads. */
interface RawStage {
  readonly id: string;
  readonly fields: Fields;
  readonly inputs: readonly string[];
}

/**
 * Reads the stages of a query, the topmost first. The form is told by the keys and not by the version: `stages` lists
 * them, and each names those that it reads; in `outputStage` each contains those that it reads.
 *
 * @param reported when the report was made
 * @param unknown gets the names of the parts that have another form
 */
export function* readingStages(
  fields: Fields,
  reported: UnixNanoseconds,
  unknown: Set<string>,
): Steps<readonly TrinoStage[] | undefined> {
  const raw = rawStages(fields, unknown);
  if (raw === undefined) return undefined;
  const stages: TrinoStage[] = [];
  for (const { id, fields: stage, inputs } of raw.values()) {
    const stats = fieldsOf(stage.stageStats) ?? {};
    const plan = fieldsOf(stage.plan);
    const root: TrinoPlanNode | undefined = readPlan(plan);
    if (plan !== undefined && root === undefined) unknown.add('plan');
    yield;
    const tasks: TalliedTasks = yield* readingTasks(listOf(stage.tasks), reported, unknown);
    stages.push({
      id,
      state: wordOf('state', stage.state) ?? '',
      totals: readTotals(stats),
      ...present({ plan: root }),
      operators: readOperators(stats.operatorSummaries),
      ...tasks,
      inputs: inputs.filter((input) => raw.has(input)),
    });
    yield;
  }
  return stages;
}

function rawStages(fields: Fields, unknown: Set<string>): ReadonlyMap<string, RawStage> | undefined {
  const { stages, outputStage } = fields;
  const list = listOf(fieldsOf(stages)?.stages);
  const nested = fieldsOf(outputStage);
  if (list !== undefined) return topFirst(flatStages(list, unknown), stageId(fieldsOf(stages)?.outputStageId));
  if (nested !== undefined) return nestedStages(nested, unknown);
  // A query that failed before it was planned has neither, or null.
  if ((stages ?? outputStage ?? null) !== null) unknown.add('stages');
  return undefined;
}

function flatStages(list: readonly unknown[], unknown: Set<string>): ReadonlyMap<string, RawStage> {
  const found = new Map<string, RawStage>();
  for (const value of list) {
    const fields = fieldsOf(value);
    const id = stageId(fields?.stageId);
    if (fields === undefined || id === undefined || found.has(id)) {
      unknown.add('stages');
      continue;
    }
    const inputs = (listOf(fields.subStages) ?? []).flatMap((input) => stageId(input) ?? []);
    found.set(id, { id, fields, inputs: [...new Set(inputs)] });
  }
  return found;
}

/** Without recursion: a report may nest deeper than the stack. */
function nestedStages(top: Fields, unknown: Set<string>): ReadonlyMap<string, RawStage> {
  const found = new Map<string, RawStage>();
  const open = [top];
  for (let fields = open.pop(); fields !== undefined; fields = open.pop()) {
    const id = stageId(fields.stageId);
    if (id === undefined || found.has(id)) {
      unknown.add('stages');
      continue;
    }
    const below = (listOf(fields.subStages) ?? []).map(fieldsOf).filter((stage) => stage !== undefined);
    const inputs = below.flatMap((stage) => stageId(stage.stageId) ?? []);
    found.set(id, { id, fields, inputs: [...new Set(inputs)] });
    open.push(...below.toReversed());
  }
  return found;
}

function topFirst(found: ReadonlyMap<string, RawStage>, top: string | undefined): ReadonlyMap<string, RawStage> {
  const first = top === undefined ? undefined : found.get(top);
  return first === undefined ? found : new Map([[first.id, first], ...found]);
}

/** The number of a stage, from its id `20261128_120648_00002_q6q7j.2`. */
function stageId(value: unknown): string | undefined {
  return /^[\w-]{1,128}\.(\d{1,9})$/.exec(textOf(value) ?? '')?.[1];
}

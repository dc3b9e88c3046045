import type { StageReport } from './engine-report.ts';

/**
 * The stages, those that put rows out before those that read them, else in the order given. Stages that are above
 * themselves come last.
 */
export function stagesBottomUp(stages: readonly StageReport[]): readonly StageReport[] {
  const { ordered, left } = sortStages(stages);
  return [...ordered, ...left];
}

/** The id of a stage that is above itself; undefined where none is. */
export function stageParentCycle(stages: readonly StageReport[]): string | undefined {
  const { left } = sortStages(stages);
  // Each one left reads from another one left; going down that way ends in a cycle.
  const inputs = new Map<string, string>();
  for (const { id, parents } of left) for (const parent of parents) inputs.set(parent, id);
  const seen = new Set<string>();
  let id = left[0]?.id;
  while (id !== undefined && !seen.has(id)) {
    seen.add(id);
    id = inputs.get(id);
  }
  return id;
}

interface SortedStages {
  readonly ordered: readonly StageReport[];
  /** In a cycle, or above one. */
  readonly left: readonly StageReport[];
}

function sortStages(stages: readonly StageReport[]): SortedStages {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const unread = new Map(stages.map(({ id }) => [id, 0]));
  for (const { parents } of stages) {
    for (const parent of parents) if (unread.has(parent)) unread.set(parent, (unread.get(parent) ?? 0) + 1);
  }
  const ordered = stages.filter(({ id }) => unread.get(id) === 0);
  for (const { parents } of ordered) {
    for (const parent of parents) {
      const stage = byId.get(parent);
      const more = (unread.get(parent) ?? 0) - 1;
      unread.set(parent, more);
      if (more === 0 && stage !== undefined) ordered.push(stage);
    }
  }
  const done = new Set(ordered);
  return { ordered, left: stages.filter((stage) => !done.has(stage)) };
}

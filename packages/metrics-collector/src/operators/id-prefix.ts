import type { EngineReport } from '@planscope/plan';

/** What the ids of a node's report begin with, so that they are unique within the run. */
export function idPrefix(node: string, reports: readonly EngineReport[], index: number): string {
  return reports.length === 1 ? `${node}/` : `${node}/${index}/`;
}

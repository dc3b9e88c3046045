import { ATTR_RUN_ID, ATTR_SPAN_KIND, type SpanKindName } from '@planscope/semconv';
import type { Run } from '../run.ts';
import { type TreeNode, walkTree } from './span-tree.ts';
import type { TraceSpan } from './trace-span.ts';

/** The spans of one run within a trace. */
export interface RunSpans {
  readonly kind: Run['kind'];
  /** The span of the run, or those of its parts. Everything below them belongs to the run. */
  readonly tops: TreeNode[];
}

export function planscopeKind({ attributes }: TraceSpan): SpanKindName | undefined {
  return attributes.get(ATTR_SPAN_KIND) as SpanKindName | undefined;
}

const RUNS: ReadonlySet<unknown> = new Set<SpanKindName>(['run', 'query']);
const PARTS: ReadonlySet<unknown> = new Set<SpanKindName>(['phase', 'rule', 'stage', 'task', 'operator', 'storage']);

/**
 * Finds the runs of a trace. The topmost `run` and `query` spans are runs, with everything below them: a query that a
 * run makes is a part of it. Parts whose parent is missing go to the run with the same run id, or to the only run of
 * the trace. The parts that are left are one run of the kind `parts`, unless they are only calls of an object store
 * beside other runs.
 */
export function splitRuns(roots: readonly TreeNode[]): RunSpans[] {
  const runs: RunSpans[] = [];
  const strays: TreeNode[] = [];
  // Only what is above runs and strays is walked: a program has few spans around its queries.
  const left = roots.toReversed();
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const kind = planscopeKind(node.span);
    if (RUNS.has(kind)) runs.push({ kind: kind as 'run' | 'query', tops: [node] });
    else if (PARTS.has(kind)) strays.push(node);
    else for (const child of node.children.toReversed()) left.push(child);
  }
  const parts = strays.filter((stray) => {
    const home = stray.repairs.length > 0 ? homeOf(stray, runs) : undefined;
    if (home === undefined) return true;
    stray.parent = home;
    home.children.push(stray);
    return false;
  });
  const isWorthARun = runs.length === 0 || parts.some(({ span }) => planscopeKind(span) !== 'storage');
  if (parts.length > 0 && isWorthARun) runs.push({ kind: 'parts', tops: parts });
  return runs;
}

function homeOf(stray: TreeNode, runs: readonly RunSpans[]): TreeNode | undefined {
  const id = runIdBelow(stray);
  const tops = runs.flatMap((run) => run.tops);
  const named = id === undefined ? undefined : tops.find(({ span }) => span.attributes.get(ATTR_RUN_ID) === id);
  return named ?? (tops.length === 1 ? tops[0] : undefined);
}

/** Phases and calls have no run id, but the operators below them do. */
function runIdBelow(stray: TreeNode): unknown {
  for (const [{ span }] of walkTree([stray])) {
    const id = span.attributes.get(ATTR_RUN_ID);
    if (id !== undefined) return id;
  }
  return undefined;
}

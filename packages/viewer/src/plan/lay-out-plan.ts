import type { Operator } from '@planscope/run-model';
import { flextree } from 'd3-flextree';
import type { PlanIndex } from './plan-measures.ts';

/** An operator with its place; x and y are its upper left corner. */
export interface PlacedOperator {
  readonly operator: Operator;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Rows that flow from an input to its consumer; `shared` if the input is drawn below another consumer. */
export interface PlacedEdge {
  readonly from: PlacedOperator;
  readonly to: PlacedOperator;
  readonly rows?: number;
  readonly shared: boolean;
}

/** The plan as boxes and edges, consumers above their inputs, from (0, 0). */
export interface PlanLayout {
  readonly width: number;
  readonly height: number;
  readonly operators: readonly PlacedOperator[];
  readonly edges: readonly PlacedEdge[];
}

interface TreeEntry {
  readonly operator?: Operator;
  readonly children: TreeEntry[];
}

const GAP_ACROSS = 24;
const GAP_DOWN = 44;

/**
 * Places the operators of a plan as a tree without overlaps, each with its own size.
 * @throws RangeError if the plan is so deep that the library's recursion does not fit on the stack
 */
export function layOutPlan(
  plan: PlanIndex,
  sizeOf: (operator: Operator) => { readonly width: number; readonly height: number },
): PlanLayout {
  const entries = new Map<string, TreeEntry>(
    plan.operators.map((operator) => [operator.id, { operator, children: [] }]),
  );
  const entryOf = ({ id }: Operator): TreeEntry => entries.get(id) as TreeEntry;
  for (const [id, children] of plan.children) entries.get(id)?.children.push(...children.map(entryOf));

  const layout = flextree<TreeEntry>({
    children: ({ children }) => children,
    nodeSize: ({ data }) => {
      // The root above several plans takes no room.
      if (data.operator === undefined) return [0, 0];
      const { width, height } = sizeOf(data.operator);
      return [width + GAP_ACROSS, height + GAP_DOWN];
    },
  });
  const tree = layout(layout.hierarchy({ children: plan.roots.map(entryOf) }));

  let [left, right, bottom] = [0, 0, 0];
  tree.each((node) => {
    left = Math.min(left, node.left + GAP_ACROSS / 2);
    right = Math.max(right, node.right - GAP_ACROSS / 2);
    bottom = Math.max(bottom, node.bottom - GAP_DOWN);
  });
  const placed = new Map<string, PlacedOperator>();
  tree.each(({ data, x, y }) => {
    if (data.operator === undefined) return;
    const size = sizeOf(data.operator);
    placed.set(data.operator.id, { operator: data.operator, x: x - size.width / 2 - left, y, ...size });
  });
  return { width: right - left, height: bottom, operators: [...placed.values()], edges: placeEdges(plan, placed) };
}

function placeEdges(plan: PlanIndex, placed: ReadonlyMap<string, PlacedOperator>): PlacedEdge[] {
  const edges: PlacedEdge[] = [];
  const add = (from: PlacedOperator, to: PlacedOperator, shared: boolean): void => {
    const { rows } = from.operator;
    edges.push({ from, to, shared, ...(rows === undefined ? {} : { rows }) });
  };
  for (const to of placed.values()) {
    const below = plan.children.get(to.operator.id) ?? [];
    const drawn = new Set(below.map(({ id }) => id));
    for (const { id } of below) add(placed.get(id) as PlacedOperator, to, false);
    for (const id of to.operator.inputIds) {
      const from = placed.get(id);
      if (from !== undefined && !drawn.has(id)) add(from, to, true);
    }
  }
  return edges;
}

/** Width of an edge by its rows, on a logarithmic scale up to the most rows of the plan. */
export function edgeWidth(rows: number | undefined, most: number): number {
  if (rows === undefined || most <= 0) return 1;
  return 1 + 9 * (Math.log1p(rows) / Math.log1p(most)) ** 2;
}

/** Path of an edge from the top of an input to the bottom of its consumer. */
export function edgePath({ from, to }: PlacedEdge): string {
  const [x1, y1] = [from.x + from.width / 2, from.y];
  const [x2, y2] = [to.x + to.width / 2, to.y + to.height];
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

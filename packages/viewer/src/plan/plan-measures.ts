import { bytes, duration, quantityText, shortCount } from '@planscope/internal/quantity';
import type { Operator, Run } from '@planscope/run-model';

/** What the colour of operators can show. */
export type Heat = 'compute' | 'rows' | 'bytes' | 'memory';

interface Measure {
  readonly label: string;
  /** Absent if it was not measured. */
  readonly value: (operator: Operator) => number | undefined;
  readonly text: (value: number) => string;
}

export const HEATS: Readonly<Record<Heat, Measure>> = {
  compute: {
    label: 'Compute',
    value: ({ compute }) => compute,
    text: (value) => quantityText(duration(value)),
  },
  rows: { label: 'Rows', value: ({ rows }) => rows, text: shortCount },
  bytes: {
    label: 'Bytes',
    value: ({ bytesRead, bytesWritten }) =>
      bytesRead === undefined && bytesWritten === undefined ? undefined : (bytesRead ?? 0) + (bytesWritten ?? 0),
    text: (value) => quantityText(bytes(value)),
  },
  memory: {
    label: 'Memory',
    value: ({ peakMemory }) => peakMemory,
    text: (value) => quantityText(bytes(value)),
  },
};

/** The operators of a run with what is asked of them again and again. */
export interface PlanIndex {
  readonly operators: readonly Operator[];
  readonly byId: ReadonlyMap<string, Operator>;
  /** The operators below each, in order. */
  readonly children: ReadonlyMap<string, readonly Operator[]>;
  readonly roots: readonly Operator[];
  /** Largest value of each measure among operators. */
  readonly most: Readonly<Record<Heat, number>>;
  /** Sum over operators, with which shares are computed. */
  readonly sum: Readonly<Record<Heat, number>>;
}

/** Arranges the operators of a run by parent. One whose parent is missing, or is below it, is a root. */
export function indexPlan({ operators }: Pick<Run, 'operators'>): PlanIndex {
  const byId = new Map(operators.map((operator) => [operator.id, operator]));
  const children = new Map<string, Operator[]>();
  const roots: Operator[] = [];
  const settled = new Set<string>();
  for (const operator of operators) {
    const parent = operator.parentId === undefined ? undefined : byId.get(operator.parentId);
    // Consumers come before their inputs; whatever does not could close a circle.
    if (parent === undefined || !settled.has(parent.id)) roots.push(operator);
    else {
      const siblings = children.get(parent.id);
      if (siblings === undefined) children.set(parent.id, [operator]);
      else siblings.push(operator);
    }
    settled.add(operator.id);
  }
  const most = { compute: 0, rows: 0, bytes: 0, memory: 0 };
  const sum = { compute: 0, rows: 0, bytes: 0, memory: 0 };
  for (const operator of operators) {
    for (const heat of Object.keys(HEATS) as Heat[]) {
      const value = HEATS[heat].value(operator) ?? 0;
      most[heat] = Math.max(most[heat], value);
      sum[heat] += value;
    }
  }
  return { operators, byId, children, roots, most, sum };
}

/** Share of an operator from 0 to 1: of all compute, rows and bytes; of the largest memory. Absent if not measured. */
export function shareOf(plan: PlanIndex, operator: Operator, heat: Heat): number | undefined {
  const value = HEATS[heat].value(operator);
  const whole = heat === 'memory' ? plan.most.memory : plan.sum[heat];
  return value === undefined || whole === 0 ? undefined : value / whole;
}

/** Operators below this share of everything are shown small. */
const CHEAP = 0.01;

/** The operators with most of a measure first, and the cheap ones, which together cost little, apart. */
export function rankOperators(
  plan: PlanIndex,
  heat: Heat,
): { readonly dear: readonly Operator[]; readonly cheap: readonly Operator[]; readonly cheapShare: number } {
  const measured = plan.operators
    .map((operator) => ({ operator, share: shareOf(plan, operator, heat) }))
    .filter((entry): entry is { operator: Operator; share: number } => entry.share !== undefined)
    .sort((one, other) => other.share - one.share);
  const dear = measured.filter(({ share }) => share >= CHEAP);
  const cheap = measured.filter(({ share }) => share < CHEAP);
  return {
    dear: dear.map(({ operator }) => operator),
    cheap: cheap.map(({ operator }) => operator),
    cheapShare: cheap.reduce((total, { share }) => total + share, 0),
  };
}

import { type PlanLine, planLines } from '@planscope/internal/plan-lines';
import type { Operator } from '@planscope/run-model';
import { createTwoFilesPatch, diffArrays } from 'diff';

/** The same operator in two runs, or one that only one of them has. */
export interface OperatorPair {
  /** Depth in the plan that has it, from 0. */
  readonly depth: number;
  readonly before?: Operator;
  readonly after?: Operator;
}

/** The operators of two runs side by side. */
export interface RunComparison {
  /** Unified diff of the executed plans; undefined if they are the same. */
  readonly planDiff?: string;
  /** In the order of the plan, operators that disappeared before those in their place. */
  readonly operators: readonly OperatorPair[];
}

type PlacedOperator = PlanLine<Operator>;

/** Aligns the operators of two runs. */
export function compareRuns(before: readonly Operator[], after: readonly Operator[]): RunComparison {
  const [one, other] = [planLines(before), planLines(after)];
  const planDiff = planDiffOf(one, other);
  return { ...(planDiff === undefined ? {} : { planDiff }), operators: align(one, other) };
}

function planDiffOf(before: readonly PlacedOperator[], after: readonly PlacedOperator[]): string | undefined {
  const text = (plan: readonly PlacedOperator[]): string =>
    plan.map(({ depth, label }) => `${'  '.repeat(depth)}${label}\n`).join('');
  const [one, other] = [text(before), text(after)];
  if (one === other) return undefined;
  const patch = createTwoFilesPatch('before', 'after', one, other, undefined, undefined, { context: 2 });
  return patch.slice(patch.indexOf('---'));
}

/** Pairs operators with equal labels in order; of the rest, those with equal names that stand in the same place. */
function align(before: readonly PlacedOperator[], after: readonly PlacedOperator[]): OperatorPair[] {
  const pairs: OperatorPair[] = [];
  let removed: PlacedOperator[] = [];
  let at = { before: 0, after: 0 };
  const keys = (plan: readonly PlacedOperator[]): string[] => plan.map(({ label }) => label);
  for (const { value, added, removed: isRemoved } of diffArrays(keys(before), keys(after))) {
    if (isRemoved) {
      removed = before.slice(at.before, at.before + value.length);
      at = { ...at, before: at.before + value.length };
    } else if (added) {
      pairs.push(...pairByName(removed, after.slice(at.after, at.after + value.length)));
      removed = [];
      at = { ...at, after: at.after + value.length };
    } else {
      pairs.push(...pairByName(removed, []));
      removed = [];
      for (let index = 0; index < value.length; index += 1) {
        const [one, other] = [before[at.before + index], after[at.after + index]];
        if (one && other) pairs.push({ depth: other.depth, before: one.operator, after: other.operator });
      }
      at = { before: at.before + value.length, after: at.after + value.length };
    }
  }
  return [...pairs, ...pairByName(removed, [])];
}

function pairByName(removed: readonly PlacedOperator[], added: readonly PlacedOperator[]): OperatorPair[] {
  const left = [...removed];
  const pairs = added.map(({ operator, depth }): OperatorPair => {
    const index = left.findIndex(({ operator: candidate }) => candidate.name === operator.name);
    const [match] = index < 0 ? [] : left.splice(index, 1);
    return { depth, after: operator, ...(match === undefined ? {} : { before: match.operator }) };
  });
  return [...left.map(({ operator, depth }) => ({ depth, before: operator })), ...pairs];
}

import type { Operator } from '../run.ts';

/** The fewest operators of each query that took half of its compute time together, if it has several operators. */
export function expensiveOperators(operators: readonly Operator[]): ReadonlySet<Operator> {
  const queries = new Map<string | undefined, Operator[]>();
  for (const operator of operators) {
    if (operator.computeShare === undefined) continue;
    const known = queries.get(operator.queryId);
    if (known === undefined) queries.set(operator.queryId, [operator]);
    else known.push(operator);
  }
  const expensive = new Set<Operator>();
  for (const known of queries.values()) {
    if (known.length < 2) continue;
    let before = 0;
    for (const operator of known.toSorted((one, other) => shareOf(other) - shareOf(one))) {
      if (before >= 0.5) break;
      expensive.add(operator);
      before += shareOf(operator);
    }
  }
  return expensive;
}

function shareOf({ computeShare = 0 }: Operator): number {
  return computeShare;
}

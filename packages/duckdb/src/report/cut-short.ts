import type { ProfiledOperator } from '../profile/query-profile.ts';

/** These take all of their input before they give any, so a limit above them does not cut short what is below. */
const TAKES_ALL = /GROUP_BY|AGGREGATE|ORDER_BY|TOP_N|WINDOW|^CTE$/;

/** The operators that a limit may have stopped: their rows and files are those up to then. */
export function cutShort(operators: readonly ProfiledOperator[]): ReadonlySet<ProfiledOperator> {
  return new Set(operators.flatMap((operator) => [...belowLimits(operator, false)]));
}

function* belowLimits(operator: ProfiledOperator, limited: boolean): Generator<ProfiledOperator> {
  if (limited) yield operator;
  const below = (limited || operator.type.includes('LIMIT')) && !TAKES_ALL.test(operator.type);
  for (const child of operator.children) yield* belowLimits(child, below);
}

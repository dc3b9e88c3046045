/** What the check needs of an operator. */
interface Node<Self> {
  readonly type: string;
  readonly children: readonly Self[];
}

/**
 * Operators that consume all input before their first output, so a limit above them does not stop the operators below.
 */
const TAKES_ALL = /GROUP_BY|AGGREGATE|ORDER_BY|TOP_N|WINDOW|^CTE$/;

/** The operators that a limit may have stopped: their numbers of rows and files may be incomplete. */
export function cutShort<Self extends Node<Self>>(operators: readonly Self[]): ReadonlySet<Self> {
  return new Set(operators.flatMap((operator) => [...belowLimits(operator, false)]));
}

function* belowLimits<Self extends Node<Self>>(operator: Self, limited: boolean): Generator<Self> {
  if (limited) yield operator;
  const below = (limited || operator.type.includes('LIMIT')) && !TAKES_ALL.test(operator.type);
  for (const child of operator.children) yield* belowLimits(child, below);
}

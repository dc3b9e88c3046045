import type { CheckedOperator } from './checked-operator.ts';

export interface ExplodingJoinLimits {
  /** Rows of the output for each row of the larger side. */
  readonly factor: number;
  readonly rows: number;
}

/**
 * A join on a whole key gives at most the rows of its larger side; ten times means that keys repeat on both sides. Above
 * it, DuckDB aggregates about 20 million rows a second on one core, so that less than a million cost less than 50 ms.
 */
export const EXPLODING_JOIN: ExplodingJoinLimits = { factor: 10, rows: 1_000_000 };

/** Whether a join, or a product without a condition, made far more rows than it got. */
export function explodingJoin(
  { type, rows = 0, children }: CheckedOperator,
  limits: ExplodingJoinLimits,
): { readonly rows: number; readonly largest: number } | undefined {
  if (!type.endsWith('JOIN') && type !== 'CROSS_PRODUCT') return undefined;
  const largest = Math.max(...children.map((child) => child.rows ?? 0), 1);
  return rows < limits.rows || rows < limits.factor * largest ? undefined : { rows, largest };
}

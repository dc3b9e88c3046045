/**
 * Where a number comes from: `counted` while data passed through, `io_log` summed from the single reads and writes an
 * engine logged, `profile` as the engine's own profile gives it.
 */
export type MeasureSource = 'counted' | 'io_log' | 'profile';

/** A number and where it comes from. A number that was not measured is absent, never zero. */
export interface Measured {
  readonly value: number | bigint;
  readonly source: MeasureSource;
}

/** The sum of what was measured; undefined when nothing was. */
export function sumOf(values: readonly (number | bigint | undefined)[], source: MeasureSource): Measured | undefined {
  const measured = values.filter((value) => value !== undefined);
  if (measured.length === 0) return undefined;
  return { value: measured.reduce(add), source };
}

/** Numbers stay numbers as long as they are exact. */
function add(left: number | bigint, right: number | bigint): number | bigint {
  const sum = BigInt(left) + BigInt(right);
  return sum > BigInt(Number.MAX_SAFE_INTEGER) ? sum : Number(sum);
}

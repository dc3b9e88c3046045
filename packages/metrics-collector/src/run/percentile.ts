/**
 * A percentile by nearest rank: the smallest value that at least this share of all values does not exceed.
 *
 * @param sorted ascending, not empty
 * @param share in percent, above 0 and at most 100
 */
export function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.ceil((share / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError(`[planscope/metrics-collector] there is no percentile ${share} here`);
  return value;
}

/** Compares one way with another: differences and ratios are those of the same round. */
export interface Comparison {
  /** Median of the differences, in the unit of the samples. */
  readonly difference: number;
  /** Median of the ratios. */
  readonly ratio: number;
  readonly ratioAt10: number;
  readonly ratioAt90: number;
}

export function comparePaired(samples: readonly number[], baseline: readonly number[]): Comparison {
  const pairs = samples.map((sample, round): [number, number] => [sample, baseline[round] ?? Number.NaN]);
  const ratios = pairs.map(([sample, other]) => sample / other);
  return {
    difference: median(pairs.map(([sample, other]) => sample - other)),
    ratio: median(ratios),
    ratioAt10: quantile(ratios, 0.1),
    ratioAt90: quantile(ratios, 0.9),
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, interpolated linearly. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

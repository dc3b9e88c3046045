/** One way against another, from samples of the same rounds: differences and ratios are taken round by round. */
export interface Comparison {
  /** Median of what each round took more, in the unit of the samples. */
  readonly difference: number;
  /** Median of how many times as much each round took. */
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

/** The value below which a share of the values lies, interpolated between the two next to it. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Above this number of ways to split the values, the normal approximation is exact to three digits. */
const MAX_SPLITS = 20_000;

/**
 * How likely values as large as those of `after` come up by chance, if both lists are of one distribution: the
 * one-sided p-value of the rank-sum test of Wilcoxon, Mann and Whitney. It is exact, also with ties, for lists of up to
 * 8 values, else the normal approximation with the correction for ties.
 *
 * @returns from 0 to 1; 1 if a list is empty
 */
export function chanceOfIncrease(before: readonly number[], after: readonly number[]): number {
  if (before.length === 0 || after.length === 0) return 1;
  const ranks = ranksOf([...before, ...after]);
  const sum = ranks.slice(before.length).reduce((total, rank) => total + rank, 0);
  const splits = binomial(ranks.length, after.length);
  return splits <= MAX_SPLITS ? exact(ranks, after.length, sum) / splits : approximate(ranks, after.length, sum);
}

/** Ranks from 1; equal values share their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((left, right) => left - right);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

/** In how many choices of ranks their sum is at least this large. */
function exact(ranks: readonly number[], chosen: number, sum: number): number {
  const count = (index: number, left: number, total: number): number => {
    if (left === 0) return total >= sum ? 1 : 0;
    if (ranks.length - index < left) return 0;
    return count(index + 1, left - 1, total + (ranks[index] ?? 0)) + count(index + 1, left, total);
  };
  return count(0, chosen, 0);
}

function approximate(ranks: readonly number[], chosen: number, sum: number): number {
  const all = ranks.length;
  const mean = (chosen * (all + 1)) / 2;
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  const ties = [...sizes.values()].reduce((total, size) => total + size ** 3 - size, 0);
  const variance = ((chosen * (all - chosen)) / 12) * (all + 1 - ties / (all * (all - 1)));
  return variance === 0 ? 1 : upperTail((sum - mean - 0.5) / Math.sqrt(variance));
}

/** Probability that a standard normal value is larger; by Abramowitz and Stegun 26.2.17, exact to 7.5e-8. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = terms.reduce((total, term, index) => total + term * t ** (index + 1), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

function binomial(all: number, chosen: number): number {
  let product = 1;
  for (let index = 1; index <= chosen; index += 1) product = (product * (all - chosen + index)) / index;
  return Math.round(product);
}

/** The middle value, or the mean of the two; NaN of no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

const RESAMPLES = 1000;

/**
 * The interval that has the ratio of both medians with 95%, by the bootstrap: the medians of lists that are drawn from
 * the values with replacement, always in the same order.
 */
export function ratioInterval(before: readonly number[], after: readonly number[]): readonly [number, number] {
  const random = pseudoRandom(before.length * 31 + after.length);
  const draw = (values: readonly number[]): number =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? 0));
  const ratios = Array.from({ length: RESAMPLES }, () => ratio(draw(before), draw(after))).sort(
    (left, right) => left - right,
  );
  return [ratios[Math.floor(RESAMPLES * 0.025)] ?? Number.NaN, ratios[Math.ceil(RESAMPLES * 0.975) - 1] ?? Number.NaN];
}

/** `after` divided by `before`; 1 of two zeros. */
export function ratio(before: number, after: number): number {
  return before === after ? 1 : after / before;
}

/** Mulberry32: the same numbers for the same seed, so that a comparison gives the same result each time. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

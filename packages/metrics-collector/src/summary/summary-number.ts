import { leastDirect, type MetricSource } from '../metric-source.ts';

/**
 * Why a number is not there: `not-reported`, nothing measured it; `incomplete`, only some of what it is made of was
 * measured; `no-rows-scanned`, it would be a share of nothing.
 */
export type UnavailableReason = 'not-reported' | 'incomplete' | 'no-rows-scanned';

/** A number that was measured. */
export interface MeasuredNumber {
  /** A whole number beyond 2^53 is the nearest number there is. */
  readonly value: number;
  readonly source: MetricSource;
}

/** A number that was not measured; never shown as 0. */
export interface UnavailableNumber {
  readonly value: null;
  readonly reason: UnavailableReason;
}

/** A number with its source, or why there is none: `summary.outputRows.value ?? 'unknown'`. */
export type SummaryNumber = MeasuredNumber | UnavailableNumber;

export function unavailable(reason: UnavailableReason): UnavailableNumber {
  return { value: null, reason };
}

/** The sum of what is there; unavailable when nothing is. */
export function sumOfPresent(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const present = parts.filter((part) => part !== undefined);
  if (present.length === 0) return unavailable('not-reported');
  return {
    value: present.reduce((sum, { value }) => sum + value, 0),
    source: leastDirect(present.map(({ source }) => source)),
  };
}

/** The sum of all parts; unavailable when one is missing, as it would be too small. */
export function sumOfAll(parts: readonly (MeasuredNumber | undefined)[]): SummaryNumber {
  const isPartial = parts.includes(undefined) && parts.some((part) => part !== undefined);
  return isPartial ? unavailable('incomplete') : sumOfPresent(parts);
}

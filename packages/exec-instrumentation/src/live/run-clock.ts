/** Nanoseconds since the Unix epoch. */
export type RunClock = () => bigint;

/**
 * A clock that all operators of one run share, so that their times compare to the nanosecond. It starts at the
 * system's time in whole milliseconds, as the spans of the SDK do.
 */
export function createRunClock(): RunClock {
  const offset = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return () => offset + process.hrtime.bigint();
}

/** The first of some times; undefined when there is none. */
export function earliest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first), undefined);
}

/** The last of some times; undefined when there is none. */
export function latest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? last) > last ? time : last), undefined);
}

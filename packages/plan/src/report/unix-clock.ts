/** Nanoseconds since the Unix epoch. */
export type UnixClock = () => bigint;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/**
 * A clock that starts by the system's and runs by a steady one: it never goes back, and what an engine dates by the
 * system's clock compares with it to a fraction of a millisecond.
 */
export function createUnixClock(): UnixClock {
  const offset = systemTime() - process.hrtime.bigint();
  return () => offset + process.hrtime.bigint();
}

/**
 * `Date.now` knows only whole milliseconds; the performance clock is finer, but drifts away in a process that runs for
 * days. So the fine one is believed only within the millisecond that the other one says.
 */
function systemTime(): bigint {
  const first = BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
  const last = first + NANOSECONDS_PER_MILLISECOND - 1n;
  const fine = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  if (fine < first) return first;
  return fine > last ? last : fine;
}

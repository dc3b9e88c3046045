import type { HrTime } from '@opentelemetry/api';
import type { UnixNanoseconds } from './engine-report.ts';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** An instant as OpenTelemetry takes it: seconds, and nanoseconds within the second. */
export function toHrTime(instant: UnixNanoseconds | bigint): HrTime {
  const nanoseconds = BigInt(instant);
  return [Number(nanoseconds / NANOSECONDS_PER_SECOND), Number(nanoseconds % NANOSECONDS_PER_SECOND)];
}

/** An instant as reports write it. */
export function fromHrTime([seconds, nanoseconds]: HrTime): UnixNanoseconds {
  return (BigInt(seconds) * NANOSECONDS_PER_SECOND + BigInt(nanoseconds)).toString();
}

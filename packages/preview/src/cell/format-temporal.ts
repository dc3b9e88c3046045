import {
  type Data,
  type Date_,
  DateUnit,
  type Duration,
  type Interval,
  IntervalUnit,
  type Time,
  type Timestamp,
  TimeUnit,
} from 'apache-arrow';
import { formatDay, formatInstant, formatSeconds, formatTimeOfDay } from './calendar.ts';

const UNITS_PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

const MAX_INT_32 = 2_147_483_647;
const MAX_INT_64 = 9_223_372_036_854_775_807n;
const DAY_MILLISECONDS = 86_400_000n;

/** A date; DuckDB stores its infinities as the ends of the range. */
export function formatDate(data: Data, index: number): string {
  const value: number | bigint = data.values[index];
  if ((data.type as Date_).unit === DateUnit.DAY) {
    const days = Number(value);
    return Math.abs(days) === MAX_INT_32 ? infinity(days > 0) : formatDay(days);
  }
  const milliseconds = BigInt(value);
  const isMidnight = milliseconds % DAY_MILLISECONDS === 0n;
  return isMidnight ? formatDay(Number(milliseconds / DAY_MILLISECONDS)) : formatInstant(milliseconds, 1_000n);
}

/** A time of day. */
export function formatTime(data: Data, index: number): string {
  return formatTimeOfDay(BigInt(data.values[index]), UNITS_PER_SECOND[(data.type as Time).unit]);
}

/** A timestamp; one with a zone is an instant, and shown as such: in UTC, with a `Z`. */
export function formatTimestamp(data: Data, index: number): string {
  const { unit, timezone } = data.type as Timestamp;
  const value = BigInt(data.values[index]);
  if (value === MAX_INT_64 || value === -MAX_INT_64) return infinity(value > 0n);
  const text = formatInstant(value, UNITS_PER_SECOND[unit]);
  return timezone ? `${text}Z` : text;
}

/** A duration in seconds. */
export function formatDuration(data: Data, index: number): string {
  return formatSeconds(BigInt(data.values[index]), UNITS_PER_SECOND[(data.type as Duration).unit]);
}

/** An interval as ISO 8601 writes it; months, days and time stay apart, because none has a fixed length in the other. */
export function formatInterval(data: Data, index: number): string {
  const { unit } = data.type as Interval;
  const values: Int32Array = data.values;
  if (unit === IntervalUnit.YEAR_MONTH) return `P${values[index] ?? 0}M`;
  if (unit === IntervalUnit.DAY_TIME) {
    const [days = 0, milliseconds = 0] = values.subarray(index * 2, index * 2 + 2);
    return `P${days}D${formatSeconds(BigInt(milliseconds), 1_000n).slice(1)}`;
  }
  const [months = 0, days = 0, low = 0, high = 0] = values.subarray(index * 4, index * 4 + 4);
  const nanoseconds = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return `P${months}M${days}D${formatSeconds(nanoseconds, 1_000_000_000n).slice(1)}`;
}

function infinity(isPositive: boolean): string {
  return isPositive ? 'infinity' : '-infinity';
}

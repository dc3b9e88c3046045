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

/** An interval in ISO 8601; months, days and time stay apart, because none has a fixed length in another. */
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

/** A date of the proleptic Gregorian calendar; the year may have more than four digits, or a minus sign. */
export function formatDay(daysSince1970: number): string {
  // Eras of 400 years that start in March make leap days fall on the end of a year.
  const shifted = daysSince1970 + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const sign = year < 0 ? '-' : '';
  return `${sign}${pad(Math.abs(year), 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** A time of day with as many digits after the point as the value needs. */
export function formatTimeOfDay(value: bigint, unitsPerSecond: bigint): string {
  const seconds = value / unitsPerSecond;
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => pad(part, 2)).join(':');
  return clock + formatFraction(value % unitsPerSecond, unitsPerSecond);
}

/** An instant as date and time of day in UTC. */
export function formatInstant(value: bigint, unitsPerSecond: bigint): string {
  const unitsPerDay = 86_400n * unitsPerSecond;
  const timeOfDay = ((value % unitsPerDay) + unitsPerDay) % unitsPerDay;
  const day = (value - timeOfDay) / unitsPerDay;
  return `${formatDay(Number(day))} ${formatTimeOfDay(timeOfDay, unitsPerSecond)}`;
}

/** A duration in seconds, in ISO 8601: `PT1.5S`. */
export function formatSeconds(value: bigint, unitsPerSecond: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = formatFraction(size % unitsPerSecond, unitsPerSecond);
  return `PT${value < 0n ? '-' : ''}${size / unitsPerSecond}${fraction}S`;
}

function formatFraction(fraction: bigint, unitsPerSecond: bigint): string {
  if (fraction === 0n) return '';
  const digits = unitsPerSecond.toString().length - 1;
  return `.${pad(fraction, digits).replace(/0+$/, '')}`;
}

function pad(value: number | bigint, digits: number): string {
  return value.toString().padStart(digits, '0');
}

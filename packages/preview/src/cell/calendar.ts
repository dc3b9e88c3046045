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

/** A span of time in seconds as ISO 8601 writes it: `PT1.5S`. */
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

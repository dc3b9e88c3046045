const BYTES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A count with separators: `6,001,215`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Bytes in decimal units: `897.9 MB`. */
export function bytes(value: number): string {
  const step = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), BYTES.length - 1);
  return `${step === 0 ? Math.round(value) : (value / 1000 ** step).toFixed(1)} ${BYTES[step]}`;
}

/** Nanoseconds as milliseconds or seconds: `12.3 ms`, `1.2 s`. */
export function time(value: number): string {
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} ms` : `${(value / 1e9).toFixed(1)} s`;
}

/** A ratio as a percentage: `2.4%`. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)}%`;
}

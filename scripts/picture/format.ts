/** Nanoseconds as milliseconds, with as many digits as tell something. */
export function milliseconds(nanoseconds: number): string {
  const value = nanoseconds / 1e6;
  if (value < 0.01) return '< 0.01 ms';
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

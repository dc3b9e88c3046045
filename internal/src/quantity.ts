import { printableLine } from './printable-text.ts';

/** A number as people read it: the number and its unit apart, so that columns can align the numbers. */
export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

const INTEGER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const UNITS_OF_TIME = [
  [86_400e9, 'd'],
  [3_600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;
const UNITS_OF_BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const PREFIXES = ['', ' k', ' M', ' G', ' T', ' P', ' E'] as const;

/** Three significant digits. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return INTEGER.format(value);
  return size >= 1 ? value.toFixed(size >= 10 ? 1 : 2) : String(Number(value.toPrecision(3)));
}

function decimal<Unit>(value: number, units: readonly Unit[]): { readonly scaled: number; readonly unit: Unit } {
  let index = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 999.5 && index < units.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  return { scaled, unit: units[index] as Unit };
}

/** A duration of nanoseconds. */
export function duration(nanoseconds: number): Quantity {
  const size = Math.abs(nanoseconds);
  const [factor, unit] = UNITS_OF_TIME.find(([least]) => size >= least * 0.9995) ?? [1, 'ns'];
  return { number: rounded(nanoseconds / factor), unit };
}

/** Bytes with decimal prefixes: 1 kB has 1,000 bytes. */
export function bytes(count: number): Quantity {
  const { scaled, unit } = decimal(count, UNITS_OF_BYTES);
  return { number: rounded(scaled), unit };
}

/** A count in full. */
export function count(value: number): string {
  return Number.isInteger(value) ? INTEGER.format(value) : rounded(value);
}

/** A count with a decimal prefix, for places that are too small for all digits: `6.00 M`. */
export function shortCount(value: number): string {
  const { scaled, unit } = decimal(value, PREFIXES);
  return `${rounded(scaled)}${unit}`;
}

/** A share from 0 to 1 in percent. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** A value of a UCUM unit, such as `ns`, `By` or `{row}`. */
export function quantity(value: number, unit = ''): Quantity {
  if (unit === 'ns') return duration(value);
  if (unit === 'By') return bytes(value);
  const annotation = /^\{(.+)\}$/.exec(unit)?.[1];
  if (annotation !== undefined) {
    const word = printableLine(annotation.replaceAll('_', ' '));
    return { number: count(value), unit: value === 1 ? word : plural(word) };
  }
  return { number: count(value), unit: unit === '1' ? '' : printableLine(unit) };
}

function plural(word: string): string {
  return /(?:ch|s|x)$/.test(word) ? `${word}es` : `${word}s`;
}

/** A quantity as one text. */
export function quantityText({ number, unit }: Quantity): string {
  return unit === '' ? number : `${number} ${unit}`;
}

/** How far an estimate is off: `4.0× more` rows than estimated, `10× fewer`, or nothing below a factor of 2. */
export function misestimate(
  rows: number | undefined,
  estimated: number | undefined,
): { readonly factor: number; readonly text: string } | undefined {
  if (rows === undefined || estimated === undefined) return undefined;
  const factor = Math.max(rows, 1) / Math.max(estimated, 1);
  const size = factor >= 1 ? factor : 1 / factor;
  if (size < 2) return undefined;
  const digits = size < 10 ? size.toFixed(1) : count(Number(size.toPrecision(2)));
  return { factor: size, text: `${digits}× ${factor >= 1 ? 'more' : 'fewer'}` };
}

/** A duration of nanoseconds as one text: `1.42 s`. */
export function durationText(nanoseconds: number): string {
  return quantityText(duration(nanoseconds));
}

/** Bytes as one text: `897 MB`. */
export function bytesText(count: number): string {
  return quantityText(bytes(count));
}

import type { UnixNanoseconds } from '@planscope/plan/report';

/** An object of a report. Its values are unchecked: each reader below returns undefined for a value of another form. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 0 up that a double holds exactly. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const BYTES = /^(\d{1,18})B$/;

/** An exact number of bytes, as in `943808B`. A rounded one, as in `1.3MB`, is unknown. */
export function bytesOf(value: unknown): number | undefined {
  const digits = typeof value === 'string' ? BYTES.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : countOf(Number(digits));
}

const DURATION = /^(\d{1,15}(?:\.\d{1,9})?)(ns|us|ms|s|m|h|d)$/;

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

/** Nanoseconds of a duration that Trino has rounded to hundredths of a unit, as in `1.36m`. */
export function durationOf(value: unknown): number | undefined {
  const [, number, unit = ''] = (typeof value === 'string' ? DURATION.exec(value) : null) ?? [];
  const factor = NANOSECONDS[unit];
  return number === undefined || factor === undefined ? undefined : countOf(Math.round(Number(number) * factor));
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** An exact instant, as in `2026-11-28T12:06:48.936928328Z`. */
export function instantOf(value: unknown): UnixNanoseconds | undefined {
  const [, second, fraction = ''] = (typeof value === 'string' ? INSTANT.exec(value) : null) ?? [];
  const milliseconds = second === undefined ? Number.NaN : Date.parse(`${second}Z`);
  // Before 1970 there was no Trino, and reports have no negative instants.
  return milliseconds >= 0 ? `${milliseconds / 1000}${fraction.padEnd(9, '0')}` : undefined;
}

/** What the cluster names, and not a user: it has only these characters, or it is unknown. */
const WORDS: Readonly<Record<'id' | 'state' | 'errorCode' | 'version' | 'name', RegExp>> = {
  id: /^[\w.-]{1,128}$/,
  state: /^[A-Z_]{1,64}$/,
  errorCode: /^[A-Z][A-Z0-9_]{0,127}$/,
  version: /^[\w.+-]{1,64}$/,
  /** Of a class in Java, or of a node of a plan. */
  name: /^[A-Za-z][\w.$]{0,255}$/,
};

export function wordOf(kind: keyof typeof WORDS, value: unknown): string | undefined {
  return typeof value === 'string' && WORDS[kind].test(value) ? value : undefined;
}

import { PlanError, type PlanErrorCode } from '../plan-error.ts';

/** A kind of document. */
export interface DocumentKind {
  /** Name for messages, for example `engine report`. */
  readonly name: string;
  readonly code: PlanErrorCode;
  /** The supported versions. Default: only 1. */
  readonly versions?: readonly number[];
}

/**
 * Reads a document of a supported version.
 *
 * @param json the document as JSON text or as a parsed value
 * @throws PlanError with the code of the kind, and the field, its value and a valid one
 */
export function readDocument<T>(json: unknown, { name, code, versions = [1] }: DocumentKind, read: Reader<T>): T {
  const value = typeof json === 'string' ? parse(json, { name, code }) : json;
  if (!isRecord(value)) throw new PlanError(code, `${name}: should be an object`);
  try {
    // A document of another version may differ in all other fields.
    oneOf(versions)(value.version, 'version');
    return read(value, '');
  } catch (error) {
    throw error instanceof InvalidField ? new PlanError(code, `${name}: ${error.message}`) : error;
  }
}

function parse(text: string, { name, code }: DocumentKind): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlanError(code, `${name}: is not JSON`, { cause });
  }
}

/**
 * Reads one value of a document.
 *
 * @param path path of the value, for errors, for example `operators[0].timing.basis`
 * @throws InvalidField
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** A field that may be absent. */
export interface OptionalReader<T> {
  readonly optional: Reader<T>;
}

/** A reader for each field of `T`. The type requires all of them, so that a new field cannot be forgotten. */
export type FieldReaders<T> = {
  readonly [Key in keyof T]-?: Record<never, never> extends Pick<T, Key>
    ? OptionalReader<Exclude<T[Key], undefined>>
    : Reader<T[Key]>;
};

export function optional<T>(reader: Reader<T>): OptionalReader<T> {
  return { optional: reader };
}

/** An object with these fields. Other fields are ignored, so that documents of newer versions can be read. */
export function object<T extends object>(readers: FieldReaders<T>): Reader<T> {
  const fields = Object.entries(readers) as [string, Reader<unknown> | OptionalReader<unknown>][];
  return (value, path) => {
    if (!isRecord(value)) throw new InvalidField(path, value, 'an object');
    const result: Record<string, unknown> = {};
    for (const [key, field] of fields) {
      const place = path === '' ? key : `${path}.${key}`;
      if (typeof field === 'function') result[key] = field(value[key], place);
      else if (value[key] !== undefined) result[key] = field.optional(value[key], place);
    }
    return result as T;
  };
}

export function array<T>(element: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new InvalidField(path, value, 'an array');
    // Unlike map, this visits the holes of a sparse array.
    return Array.from(value, (entry, index) => element(entry, `${path}[${index}]`));
  };
}

export const string: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw new InvalidField(path, value, 'a string');
  return value;
};

export const name: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value === '') throw new InvalidField(path, value, 'a string that is not empty');
  return value;
};

export const boolean: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new InvalidField(path, value, 'true or false');
  return value;
};

/** A whole number from 0 up. */
export const count: Reader<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidField(path, value, 'a whole number from 0 up');
};

/** Decimal digits of nanoseconds, since the epoch or for a duration. */
export const digits: Reader<string> = (value, path) => {
  if (typeof value === 'string' && /^\d+$/.test(value)) return value;
  throw new InvalidField(path, value, 'nanoseconds as a string of decimal digits');
};

/** A finite number, or a whole number as a string of decimal digits. */
export const quantity: Reader<number | string> = (value, path) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return value;
  throw new InvalidField(path, value, 'a number, or a whole one as a string of decimal digits');
};

export function oneOf<const T>(values: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    const right = values.map((candidate) => JSON.stringify(candidate)).join(', ');
    throw new InvalidField(path, value, values.length === 1 ? right : `one of ${right}`);
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for an invalid value of a document. */
export class InvalidField extends Error {
  /**
   * @param path path of the value
   * @param right description of a valid value
   */
  constructor(path: string, value: unknown, right: string) {
    const json = display(value);
    const shown = json.length > 80 ? `${json.slice(0, 80)}…` : json;
    super(`${path} is ${shown}; should be ${right}`);
  }
}

/** A value for a message. A value that is not JSON is shown by its type. */
function display(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

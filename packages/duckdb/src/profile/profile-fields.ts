import type { ExtraInfo, ProfiledOperator, TimedStep } from './query-profile.ts';

const NANOSECONDS_PER_SECOND = 1e9;
/** Deeper than any plan, and far below the limit of the call stack. */
const DEEPEST_TREE = 1_000;

/** The fields of one object in a profile. Each read checks the type. */
export class ProfileFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #depth: number;

  /** @param where path of the object, for error messages */
  constructor(value: unknown, where: string, depth = 0) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`${where} is not an object`);
    this.#fields = value as Record<string, unknown>;
    this.#where = where;
    this.#depth = depth;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key);
  }

  keys(): string[] {
    return Object.keys(this.#fields);
  }

  value(key: string): unknown {
    if (!this.has(key)) throw new Error(`${this.#where}.${key} is missing`);
    return this.#fields[key];
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string') throw new Error(`${this.#where}.${key} is not a string`);
    return value;
  }

  /** A whole number, also as a string of digits. Beyond 2^53 it is rounded to the nearest double. */
  count(key: string): number {
    const value = this.#number(key);
    if (!Number.isInteger(value)) throw new Error(`${this.#where}.${key} is not a whole number`);
    return value;
  }

  /** Converts a time in seconds to whole nanoseconds. */
  seconds(key: string): number {
    return Math.round(this.#number(key) * NANOSECONDS_PER_SECOND);
  }

  #number(key: string): number {
    const value = this.value(key);
    const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw new Error(`${this.#where}.${key} is not a number`);
    }
    if (number < 0) throw new Error(`${this.#where}.${key} is negative`);
    return number;
  }

  object(key: string): ProfileFields {
    return new ProfileFields(this.value(key), `${this.#where}.${key}`, this.#depth);
  }

  /** @throws Error if the objects are nested too deep for recursive code */
  list(key: string): ProfileFields[] {
    const value = this.value(key);
    const where = `${this.#where}.${key}`;
    if (!Array.isArray(value)) throw new Error(`${where} is not an array`);
    // The path itself would be too long for a message.
    if (this.#depth === DEEPEST_TREE) throw new Error(`operators are nested more than ${DEEPEST_TREE} deep`);
    return value.map((child, index) => new ProfileFields(child, `${where}[${index}]`, this.#depth + 1));
  }
}

const DECIMAL = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** The steps with the given keys, sorted by name, because the file has them in the order of a hash table. */
export function timedSteps(fields: ProfileFields, prefix: string, keys: readonly string[]): TimedStep[] {
  return keys.toSorted().map((key) => ({ name: key.slice(prefix.length), duration: fields.seconds(key) }));
}

/** DuckDB's description of an operator. */
export function extraInfo(fields: ProfileFields): ExtraInfo {
  return Object.fromEntries(fields.keys().map((key) => [key, infoValue(fields.value(key))]));
}

function infoValue(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** An operator without its numbers, for a statement that did not run to its end. */
export function withoutNumbers({ name, type, extraInfo, children }: ProfiledOperator): ProfiledOperator {
  return { name, type, extraInfo, children: children.map(withoutNumbers) };
}

/** The operator at the top of each plan of DuckDB 2, which hands the rows to the program. DuckDB 1.5 does not list it. */
const RESULT_COLLECTOR = 'RESULT_COLLECTOR';

/** The operators without the collector of the result; the same array if there is none. */
export function belowCollector(operators: readonly ProfiledOperator[]): readonly ProfiledOperator[] {
  if (!operators.some(({ type }) => type === RESULT_COLLECTOR)) return operators;
  return operators.flatMap((top) => (top.type === RESULT_COLLECTOR ? top.children : [top]));
}

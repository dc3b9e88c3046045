import type { ConfigProblem } from '../config-error.ts';
import type { ConfigSource } from '../resolved-tracing.ts';
import type { ConfigField } from '../schema/config-fields.ts';

/** One value that a source set, with its field. */
export interface SetValue {
  /** Path of the field. */
  readonly path: string;
  /** The key within the field, if the field is a record. */
  readonly key?: string;
  readonly value: unknown;
  /** The variable, file or preset that set it, if the source alone does not tell. */
  readonly origin?: string;
}

/** The values that one source set, and those that were refused. */
export interface Layer {
  readonly source: ConfigSource;
  readonly values: readonly SetValue[];
  readonly problems: readonly ConfigProblem[];
}

/** The name of a value's place: the path, and the key of a record after it. */
export function placeOf({ path, key }: Pick<SetValue, 'path' | 'key'>): string {
  return key === undefined ? path : `${path}[${JSON.stringify(key)}]`;
}

/** A refused value as a problem whose message names field, value, origin and what is allowed. */
export function refuse(
  place: Pick<SetValue, 'path' | 'key'>,
  value: unknown,
  origin: string,
  allowed: readonly string[],
  reason = 'is not allowed',
): ConfigProblem {
  const field = placeOf(place);
  const shown = maskValue(place.path, value);
  const subject = value === undefined ? field : `${field}: ${inspect(shown)}`;
  const message = `${subject} (from ${origin}) ${reason}; allowed: ${allowed.join(', ')}`;
  return { field, value: shown, allowed, origin, message };
}

function inspect(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

const MASK = '****';

/** A value fit to be shown: header values and the credentials of an endpoint are masked. */
export function maskValue(path: string, value: unknown): unknown {
  if (path === 'otlp.headers') return MASK;
  if (path === 'otlp.endpoint' && typeof value === 'string') return maskUrl(value);
  return value;
}

/** Masks text, not a parsed URL: messages also show endpoints that do not parse, and those may hold a password. */
function maskUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${MASK}@`);
  const query = withoutUser.search(/[?#]/);
  return query === -1 ? withoutUser : `${withoutUser.slice(0, query + 1)}${MASK}`;
}

/** The accepted values, and a problem for each refused one. */
export interface Checked {
  readonly values: readonly SetValue[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Checks the value of one field; a record gives one value for each of its keys.
 *
 * @param name the variable, file or preset the value came from, if the source alone does not tell
 * @param label how problems call the place the value came from
 */
export function checkValue(field: ConfigField, value: unknown, label: string, name?: string): Checked {
  const origin = name === undefined ? {} : { origin: name };
  const { path } = field;
  if (field.keySchema === undefined) {
    const result = field.schema.safeParse(value);
    if (result.success) return { values: [{ path, value: result.data, ...origin }], problems: [] };
    return { values: [], problems: [refuse({ path }, value, label, field.allowed, reason(result.error.issues))] };
  }
  if (!isPlainObject(value)) return { values: [], problems: [refuse({ path }, value, label, field.allowed)] };
  const values: SetValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    const keyResult = field.keySchema.safeParse(key);
    const entryResult = field.schema.safeParse(entry);
    if (keyResult.success && entryResult.success) {
      values.push({ path, key: keyResult.data as string, value: entryResult.data, ...origin });
    }
    if (!keyResult.success) {
      problems.push(
        refuse({ path, key }, entry, label, field.allowed, `has a key that ${reason(keyResult.error.issues)}`),
      );
    }
    if (!entryResult.success) {
      problems.push(refuse({ path, key }, entry, label, field.allowed, reason(entryResult.error.issues)));
    }
  }
  return { values, problems };
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** The message of a custom rule or pattern; other refusals are explained by the allowed values. */
function reason(issues: readonly { readonly code: string; readonly message: string }[]): string | undefined {
  const words = issues.filter(({ code }) => code === 'custom' || code === 'invalid_format');
  return words.length === 0 ? undefined : words.map(({ message }) => message).join(' and ');
}

import type { ConfigProblem } from '../config-error.ts';
import { maskValue } from '../mask-value.ts';
import type { ConfigSource } from '../resolved-tracing.ts';

/** One value that a source set, at the place where it belongs. */
export interface SetValue {
  /** Path of the field. */
  readonly path: string;
  /** The key within the field, where the field is a record. */
  readonly key?: string;
  readonly value: unknown;
  /** The variable, file or preset that set it, where the source alone does not say. */
  readonly origin?: string;
}

/** What one source set, and what of it was refused. */
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

import type { ConfigProblem } from '../config-error.ts';
import type { ConfigField } from '../schema/config-fields.ts';
import { refuse, type SetValue } from './layer.ts';

/** What checking values came to: the values that are good, and a problem for each that is not. */
export interface Checked {
  readonly values: readonly SetValue[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Checks the value of one field; a record gives one value for each of its keys.
 *
 * @param name the variable, file or preset the value came from, where the source alone does not say
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

/** The schema's own words where it has some; what is allowed says the rest. */
function reason(issues: readonly { readonly code: string; readonly message: string }[]): string | undefined {
  const words = issues.filter(({ code }) => code === 'custom' || code === 'invalid_format');
  return words.length === 0 ? undefined : words.map(({ message }) => message).join(' and ');
}

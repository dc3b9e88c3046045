import { type Attributes, type Context, propagation } from '@opentelemetry/api';
import { ATTR_TENANT, queryLabelKey } from '@planscope/semconv';
import { DuckDBError } from '../duckdb-error.ts';

/** What a program says about a query, on its span and its measurements. */
export interface QueryLabels {
  /** For whom the query runs. */
  readonly tenant?: string;
  /** Values by name, for example `{ report: 'sales' }`. */
  readonly labels?: Readonly<Record<string, string>>;
}

const NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

/** @throws DuckDBError `invalid-option` for a name that no attribute should have, or a value that is not a string */
export function checkLabels({ tenant, labels = {} }: QueryLabels): void {
  if (tenant !== undefined && typeof tenant !== 'string') throw invalid('tenant', tenant, 'a string');
  for (const [name, value] of Object.entries(labels)) {
    if (!NAME.test(name)) throw invalid('a name in labels', name, 'lower-case words joined by "." or "_"');
    if (typeof value !== 'string') throw invalid(`labels.${name}`, value, 'a string');
  }
}

function invalid(field: string, value: unknown, allowed: string): DuckDBError {
  return new DuckDBError('invalid-option', `${field} is ${JSON.stringify(value)}; it must be ${allowed}`);
}

export function labelAttributes({ tenant, labels = {} }: QueryLabels): Attributes {
  const named = Object.entries(labels).map(([name, value]) => [queryLabelKey(name), value]);
  return { ...Object.fromEntries(named), ...(tenant === undefined ? {} : { [ATTR_TENANT]: tenant }) };
}

/** The value of a label beyond the limit, as in the HTTP conventions. */
const OTHER = '_OTHER';

/** Limits the number of values that each label has on the measurements of one meter provider. */
export class LimitedLabels {
  readonly #seen = new Map<string, Set<unknown>>();

  /** @param limit values of a label beyond it, in the order of their appearance, are `_OTHER` */
  of(labels: Attributes, limit: number): Attributes {
    const limited: Attributes = {};
    for (const [key, value] of Object.entries(labels)) {
      const seen = this.#seen.get(key) ?? new Set();
      this.#seen.set(key, seen);
      if (seen.size < limit) seen.add(value);
      limited[key] = seen.has(value) ? value : OTHER;
    }
    return limited;
  }
}

/** The entries of the baggage with the given keys, as fields. */
export function baggageFields(context: Context, keys: readonly string[] = []): Record<string, string> {
  const fields: Record<string, string> = {};
  const baggage = keys.length === 0 ? undefined : propagation.getBaggage(context);
  for (const key of keys) {
    const entry = baggage?.getEntry(key);
    if (entry !== undefined) fields[key] = entry.value;
  }
  return fields;
}

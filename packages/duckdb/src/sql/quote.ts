/** A value of an option that a file function or COPY takes. */
export type OptionValue = string | number | boolean | readonly OptionValue[] | { readonly [key: string]: OptionValue };

/** An identifier that stands for itself whatever it holds. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value as a literal: lists as `[…]`, objects as structs. */
export function quoteValue(value: OptionValue): string {
  if (typeof value === 'string') return quoteString(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(quoteValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, entry]) => `${quoteString(key)}: ${quoteValue(entry)}`)
    .join(', ')}}`;
}

function isList(value: object): value is readonly OptionValue[] {
  return Array.isArray(value);
}

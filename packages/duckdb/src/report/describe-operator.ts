import type { ExtraInfo } from '../profile/query-profile.ts';

/** Told elsewhere as numbers, and different from run to run. */
const LEFT_OUT = new Set(['Estimated Cardinality', 'Scanning Files', 'Total Files Read']);

/** An operator in one line: `HASH_JOIN: Join Type=INNER, Conditions=[a = b, c = d]`. It may hold literals. */
export function describeOperator(name: string, extraInfo: ExtraInfo): string {
  const details = Object.entries(extraInfo)
    .filter(([title, value]) => !LEFT_OUT.has(title) && value.length > 0)
    .map(
      ([title, value]) =>
        `${title}=${typeof value === 'string' ? oneLine(value) : `[${value.map(oneLine).join(', ')}]`}`,
    );
  return details.length === 0 ? name : `${name}: ${details.join(', ')}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

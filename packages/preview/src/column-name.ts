import { redactPlan, redactSql, type SqlDialect } from '@planscope/redaction';
import type { RedactionOptions } from './redaction/redaction-options.ts';
import type { Visibility } from './redaction/visibility.ts';

const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u;

/**
 * The name of a column as a preview may show it. Engines make names from expressions (`concat(iata, 'X')`) and from pivoted
 * values: a deny list takes the literals out of them; an allow list keeps names that are not on it only where no value
 * can stand.
 */
export function columnName(
  name: string,
  mode: RedactionOptions['mode'],
  { visibility, dialect }: { readonly visibility: Visibility; readonly dialect: SqlDialect },
): string {
  if (mode === 'none' || PLAIN.test(name)) return name;
  if (mode === 'deny-list') return redactSql(name, { dialect });
  return visibility === 'shown' ? name : redactPlan(name, { dialect });
}

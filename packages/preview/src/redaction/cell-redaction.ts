import { createHmac } from 'node:crypto';
import { redactPlan, redactSql, type SqlDialect } from '@planscope/redaction';
import type { RedactableCell, RedactionOptions } from './redaction-options.ts';
import { type Visibility, type VisibilityRule, visibilityRule } from './visibility.ts';

/** Decides what is shown for a value. */
export interface CellRedaction {
  readonly visibilityOf: VisibilityRule;
  readonly hide: HideValue;
  /** The result of the program's own redactor; a failure hides the value. */
  readonly replace?: (cell: RedactableCell) => Replacement | undefined;
}

/** Text shown in place of a value; undefined shows null. */
interface Replacement {
  readonly text: string | undefined;
}

/**
 * Prepares the redaction of a preview.
 * @param options Which values are hidden, and how.
 * @param warn Called when the program's redactor fails; never gets the value.
 */
export function cellRedaction(options: RedactionOptions, warn: (what: string, error: unknown) => void): CellRedaction {
  const hide = hideValue(options);
  const base = { visibilityOf: visibilityRule(options), hide };
  const { redactor } = options;
  if (redactor === undefined) return base;
  const replace = (cell: RedactableCell): Replacement | undefined => {
    try {
      const text: unknown = redactor(cell);
      if (text === undefined) return undefined;
      if (text === null || typeof text === 'string') return { text: text ?? undefined };
      throw new TypeError('a redactor gives a string, null or undefined');
    } catch (error) {
      warn('the redactor failed; the value is hidden', error);
      return { text: hide(() => cell.text, true) };
    }
  };
  return { ...base, replace };
}

/**
 * The replacement of a hidden value: the token, a keyed hash, or undefined for null.
 * @param text Returns the whole value; called only if the value is hashed.
 * @param isTextual Whether the value is a string or bytes.
 */
type HideValue = (text: () => string, isTextual: boolean) => string | undefined;

/** Makes the replacement of hidden values. */
function hideValue(options: RedactionOptions): HideValue {
  const { hashKey, token = '[REDACTED]' } = options;
  if (hashKey === undefined) return (_text, isTextual) => (isTextual ? token : undefined);
  return (text) => `#${createHmac('sha256', hashKey).update(text()).digest('hex').slice(0, 12)}`;
}

const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u;

/**
 * The name of a column as a preview may show it. Engines make names from expressions (`concat(iata, 'X')`) and from pivoted
 * values: a deny list removes the literals from them; an allow list keeps names that are not on it only if they cannot
 * hold a value.
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

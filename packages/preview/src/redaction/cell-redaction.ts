import { type HideValue, hideValue } from './hide-value.ts';
import type { RedactableCell, RedactionOptions } from './redaction-options.ts';
import { type VisibilityRule, visibilityRule } from './visibility.ts';

/** All that decides what stands for a value. */
export interface CellRedaction {
  readonly visibilityOf: VisibilityRule;
  readonly hide: HideValue;
  /** What the program's own redactor says; a failure hides the value. */
  readonly replace?: (cell: RedactableCell) => Replacement | undefined;
}

/** What is shown in the place of a value; undefined shows null. */
interface Replacement {
  readonly text: string | undefined;
}

/**
 * Prepares the redaction of a preview.
 * @param options What is hidden, and how.
 * @param warn Is told that the program's redactor failed, and never gets the value.
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

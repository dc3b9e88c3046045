import type { SqlDialect } from './sql-dialect.ts';

/** How one text is redacted. */
export interface RedactTextOptions {
  /** The words of the engine that wrote the text; default standard SQL, which hides more. */
  readonly dialect?: SqlDialect;
  /** The numbering scope; by default each text has its own, so `?1` in two texts are unrelated. */
  readonly placeholders?: Placeholders;
  /**
   * Names of columns, tables and functions that may stay. If given, every other name that is not a keyword, type or common
   * function counts as data, which also catches pivoted identifiers and automatic column names. Case does not matter. A
   * list is read once, so passing the same list with each text is free.
   */
  readonly identifiers?: Iterable<string>;
  /**
   * Of a plan: the text compares columns with columns, as the conditions of a join do, where engines put no value without
   * quotes. Bare names on the right of a comparison with spaces around it then stay; default false.
   */
  readonly comparesColumns?: boolean;
  /**
   * Bytes that the result may have, the mark of a cut included; default 0, no limit. The text is cut before it is cleaned:
   * time depends on the limit and not on the length of the text.
   */
  readonly maxBytes?: number;
}

/** A scope in which the same literal always gets the same number: `?1`, `?2`, … */
export interface Placeholders {
  /** The placeholder that stands for a literal. */
  replace(literal: string): string;
  /** Keeps new numbers above a number that a text already uses. */
  reserve(placeholder: string): void;
}

/**
 * Makes a numbering scope. Share one between the two sides of a diff, so that a changed literal shows as a changed number;
 * do not keep one for long, because it holds the literals that it has numbered.
 */
export function createPlaceholders(): Placeholders {
  const numbers = new Map<string, string>();
  let last = 0;
  return {
    replace(literal) {
      const known = numbers.get(literal);
      if (known !== undefined) return known;
      last += 1;
      const placeholder = `?${last}`;
      numbers.set(literal, placeholder);
      return placeholder;
    },
    reserve(placeholder) {
      last = Math.max(last, Number(placeholder.slice(1)));
    },
  };
}

/** A scope in which the same literal always gets the same number: `?1`, `?2`, … */
export interface Placeholders {
  /** The placeholder that stands for a literal. */
  replace(literal: string): string;
  /** Keeps new numbers above one that a text already uses. */
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

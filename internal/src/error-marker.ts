/** Marks the errors of one class, so that each copy of a package recognizes those that another copy threw. */
export interface ErrorMarker {
  /** Marks an error; its constructor calls this. */
  set(error: Error): void;
  /** Whether a value is an error of the class, from this copy of the package or another. */
  isOn(value: unknown): boolean;
}

/**
 * Makes the marker of a class of errors. A program can load a package twice, as ESM and as CommonJS or in two versions,
 * and `instanceof` then recognizes only its own copy's errors; a global symbol is the same for all copies.
 *
 * @param key key of the symbol, for example `planscope.plan.error`; part of the public contract once released
 */
export function errorMarker(key: string): ErrorMarker {
  const symbol = Symbol.for(key);
  return {
    set: (error) => {
      Object.defineProperty(error, symbol, { value: true });
    },
    isOn: (value) => typeof value === 'object' && value !== null && symbol in value,
  };
}

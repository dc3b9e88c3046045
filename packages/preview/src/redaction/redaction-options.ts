/** A value, as the program's own redactor gets it. */
export interface RedactableCell {
  /** Path of the value: `email`, `user.address.zip`; the elements of a list have the path of the list. */
  readonly path: string;
  /** The Arrow type, as Arrow displays it: `Utf8`, `Int64`. */
  readonly type: string;
  /** The whole value as text, neither escaped nor cut. */
  readonly text: string;
  /** Whether the lists hide this value already. */
  readonly hidden: boolean;
}

/** Which values of a preview are hidden, and what replaces them. */
export interface RedactionOptions {
  /**
   * `none` shows every value. `deny-list` hides the columns that `columns` names. `allow-list` shows only those: whatever
   * is not named is hidden, fields of structs included, and so are column names that hold literals.
   */
  readonly mode: 'none' | 'deny-list' | 'allow-list';
  /**
   * Names, globs (`*email*`, `?` for one character) and paths (`user.address.zip`); case does not matter. A name covers
   * everything below it. In a deny list, a name without a dot also hides fields of that name at any depth.
   */
  readonly columns?: readonly string[];
  /** Replaces a hidden text or binary value; default `[REDACTED]`. Hidden values of other types become `null`. */
  readonly token?: string;
  /** Shows `#` and twelve digits of a keyed hash instead, so that equal values stay equal; needs a secret key. */
  readonly hashKey?: string | Uint8Array;
  /**
   * Called with every value that is not null: a string replaces it, `null` shows it as null, `undefined` leaves it to
   * the lists. If it throws or returns anything else, the value is hidden.
   */
  readonly redactor?: (cell: RedactableCell) => string | null | undefined;
}

/** A fault in a document. */
export interface Finding {
  /** `file:line`. */
  readonly place: string;
  readonly message: string;
}

/** One fault, at a line of a document. */
export function finding({ file, line }: { readonly file: string; readonly line: number }, message: string): Finding {
  return { place: `${file}:${line}`, message };
}

/** Collects the text of one cell up to a length; text beyond it need not be formatted. */
export class TextBudget {
  readonly #max: number;
  #text = '';
  #isCut = false;

  /** @param max Most UTF-16 code units to keep. */
  constructor(max: number) {
    this.#max = max;
  }

  write(text: string): void {
    const room = Math.max(this.#max - this.#text.length, 0);
    if (text.length > room) this.#isCut = true;
    this.#text += text.length > room ? text.slice(0, room) : text;
  }

  /** Whether something did not fit, so that further writes have no effect. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Useful UTF-16 code units: one more than fit, so that the cut is noticed. */
  get room(): number {
    return Math.max(this.#max - this.#text.length, 0) + 1;
  }

  /** The text, with `…` at its end when something did not fit. */
  toString(): string {
    if (!this.#isCut) return this.#text;
    // Half of a surrogate pair must not be left at the cut.
    return `${this.#text.replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
}

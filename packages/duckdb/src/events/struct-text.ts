/** A value in the text of a struct: a text, nothing, or what is nested in it by name. */
export type StructValue = string | undefined | StructFields;
export type StructFields = ReadonlyMap<string, StructValue>;

const QUOTE = "'";
/** Deeper than any entry of a log. */
const DEEPEST = 16;

/**
 * Reads a struct as DuckDB writes it in texts, such as `{'method': GET, 'headers': {Range='bytes=0-9'}}`: fields of a struct with
 * a colon, entries of a map with `=`, lists in brackets. A value that holds a comma, a bracket or a quote is quoted, with a
 * backslash before a quote or a backslash.
 *
 * @returns undefined for anything else; entries of a list are named by their position
 */
export function parseStructText(text: string): StructFields | undefined {
  if (!text.startsWith('{')) return undefined;
  const reader = new StructReader(text);
  const value = reader.value(0);
  return reader.isWhole && value instanceof Map ? value : undefined;
}

class StructReader {
  readonly #text: string;
  #at = 0;
  #isCut = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the value is all of the text, and nothing of it is missing. */
  get isWhole(): boolean {
    return !this.#isCut && this.#at === this.#text.length;
  }

  value(depth: number): StructValue {
    const first = this.#text[this.#at];
    if (depth < DEEPEST && (first === '{' || first === '[')) return this.#fields(first === '{', depth);
    if (first === QUOTE) return this.#quoted();
    const bare = this.#until(',]}');
    return bare === 'NULL' ? undefined : bare;
  }

  #fields(isNamed: boolean, depth: number): StructFields {
    const end = isNamed ? '}' : ']';
    const found = new Map<string, StructValue>();
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== end) {
      this.#skip(' ');
      const name = isNamed ? this.#name() : String(found.size);
      this.#skip(' ');
      found.set(name, this.value(depth + 1));
      this.#skip(',');
      this.#skip(' ');
    }
    this.#expect(end);
    return found;
  }

  #name(): string {
    const name = this.#text[this.#at] === QUOTE ? this.#quoted() : this.#until('=:');
    this.#at += 1;
    return name;
  }

  #quoted(): string {
    const start = this.#at + 1;
    let isEscaped = false;
    let end = start;
    while (end < this.#text.length && this.#text[end] !== QUOTE) {
      if (this.#text[end] === '\\') {
        isEscaped = true;
        end += 1;
      }
      end += 1;
    }
    this.#at = Math.min(end, this.#text.length);
    this.#expect(QUOTE);
    const raw = this.#text.slice(start, end);
    return isEscaped ? raw.replace(/\\(.)/gs, '$1') : raw;
  }

  #until(ends: string): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !ends.includes(this.#text[this.#at] as string)) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #expect(character: string): void {
    if (this.#text[this.#at] === character) this.#at += 1;
    else this.#isCut = true;
  }

  #skip(character: string): void {
    while (this.#text[this.#at] === character) this.#at += 1;
  }
}

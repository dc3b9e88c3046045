/** A value in the text of a struct: a text, nothing, or what is nested in it by name. */
export type StructValue = string | undefined | StructFields;
export type StructFields = ReadonlyMap<string, StructValue>;

const QUOTE = "'";
const BACKSLASH = '\\';
const [SPACE, COMMA, COLON, EQUALS, BRACE, BRACKET, BRACE_END, BRACKET_END, QUOTE_CODE] = [..." ,:={[}]'"].map(
  (character) => character.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number];
/** Deeper than any entry of a log. */
const DEEPEST = 16;

/**
 * Reads a struct as DuckDB writes it in texts, such as `{'method': GET, 'headers': {Range='bytes=0-9'}}`: fields of a struct with
 * a colon, entries of a map with `=`, lists in brackets. A value that holds a comma, a bracket or a quote is quoted, with a
 * backslash before a quote or a backslash.
 *
 * @param isWanted whether a value is kept, by its name; default all
 * @returns undefined for anything else; entries of a list are named by their position
 */
export function parseStructText(text: string, isWanted: IsWanted = () => true): StructFields | undefined {
  if (!text.startsWith('{')) return undefined;
  const reader = new StructReader(text, isWanted);
  const value = reader.value(0);
  return reader.isWhole && value instanceof Map ? value : undefined;
}

type IsWanted = (name: string) => boolean;

class StructReader {
  readonly #text: string;
  readonly #isWanted: IsWanted;
  #at = 0;
  #isCut = false;
  #backslash = -1;

  constructor(text: string, isWanted: IsWanted) {
    this.#text = text;
    this.#isWanted = isWanted;
  }

  /** Whether the value is all of the text, and nothing of it is missing. */
  get isWhole(): boolean {
    return !this.#isCut && this.#at === this.#text.length;
  }

  value(depth: number): StructValue {
    const first = this.#text.charCodeAt(this.#at);
    if (depth < DEEPEST && (first === BRACE || first === BRACKET)) return this.#fields(first === BRACE, depth);
    if (first === QUOTE_CODE) return this.#quoted();
    const bare = this.#until(isEndOfValue);
    return bare === 'NULL' ? undefined : bare;
  }

  /** Goes past a value. Only what is nested has to be read for it. */
  #pass(depth: number): void {
    const first = this.#text.charCodeAt(this.#at);
    if (first === QUOTE_CODE) this.#passQuoted();
    else if (first === BRACE || first === BRACKET) this.value(depth);
    else this.#passUntil(isEndOfValue);
  }

  /** The position of the next backslash, which most texts lack: they are searched once. */
  #backslashFrom(start: number): number {
    if (this.#backslash < start) {
      const found = this.#text.indexOf(BACKSLASH, start);
      this.#backslash = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#backslash;
  }

  #fields(isNamed: boolean, depth: number): StructFields {
    const end = isNamed ? BRACE_END : BRACKET_END;
    const found = new Map<string, StructValue>();
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== end) {
      this.#skip(SPACE);
      const name = isNamed ? this.#name() : String(found.size);
      this.#skip(SPACE);
      if (!isNamed || this.#isWanted(name)) found.set(name, this.value(depth + 1));
      else this.#pass(depth + 1);
      this.#skip(COMMA);
      this.#skip(SPACE);
    }
    this.#expect(end);
    return found;
  }

  #name(): string {
    const name = this.#text.charCodeAt(this.#at) === QUOTE_CODE ? this.#quoted() : this.#until(isEndOfName);
    this.#at += 1;
    return name;
  }

  #quoted(): string {
    const start = this.#at + 1;
    const isEscaped = this.#passQuoted();
    const raw = this.#text.slice(start, this.#isCut ? undefined : this.#at - 1);
    return isEscaped ? raw.replace(/\\(.)/gs, '$1') : raw;
  }

  /** @returns whether something in it is escaped */
  #passQuoted(): boolean {
    const start = this.#at + 1;
    let end = this.#text.indexOf(QUOTE, start);
    let escaping = this.#backslashFrom(start);
    const isEscaped = escaping < end;
    while (escaping < end) {
      // What follows the backslash is no end, and no other backslash.
      if (escaping + 1 === end) end = this.#text.indexOf(QUOTE, end + 1);
      escaping = this.#backslashFrom(escaping + 2);
    }
    this.#at = end === -1 ? this.#text.length : end;
    this.#expect(QUOTE_CODE);
    return isEscaped;
  }

  #until(isEnd: (code: number) => boolean): string {
    const start = this.#at;
    this.#passUntil(isEnd);
    return this.#text.slice(start, this.#at);
  }

  #passUntil(isEnd: (code: number) => boolean): void {
    while (this.#at < this.#text.length && !isEnd(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #expect(code: number): void {
    if (this.#text.charCodeAt(this.#at) === code) this.#at += 1;
    else this.#isCut = true;
  }

  #skip(code: number): void {
    while (this.#text.charCodeAt(this.#at) === code) this.#at += 1;
  }
}

function isEndOfValue(code: number): boolean {
  return code === COMMA || code === BRACE_END || code === BRACKET_END;
}

function isEndOfName(code: number): boolean {
  return code === EQUALS || code === COLON;
}

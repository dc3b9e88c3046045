const NANOSECONDS_PER_SECOND = 1e9;

/** The fields of one object of a profile, each checked as it is read. */
export class ProfileFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @param where names the object in errors */
  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} is no object`);
    this.#fields = value as Record<string, unknown>;
    this.#where = where;
  }

  has(key: string): boolean {
    return key in this.#fields;
  }

  keys(): string[] {
    return Object.keys(this.#fields);
  }

  value(key: string): unknown {
    if (!this.has(key)) throw new Error(`${this.#where}.${key} is missing`);
    return this.#fields[key];
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string') throw new Error(`${this.#where}.${key} is no text`);
    return value;
  }

  count(key: string): number {
    const value = this.value(key);
    if (typeof value !== 'number') throw new Error(`${this.#where}.${key} is no number`);
    return value;
  }

  /** A time in seconds as whole nanoseconds. */
  seconds(key: string): number {
    return Math.round(this.count(key) * NANOSECONDS_PER_SECOND);
  }

  object(key: string): ProfileFields {
    return new ProfileFields(this.value(key), `${this.#where}.${key}`);
  }

  children(): ProfileFields[] {
    const value = this.value('children');
    if (!Array.isArray(value)) throw new Error(`${this.#where}.children is no list`);
    return value.map((child, index) => new ProfileFields(child, `${this.#where}.children[${index}]`));
  }
}

import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Makes values that occur nowhere by chance, and finds them, or parts of them, in what came out. */
export interface MarkedSecrets {
  /** Letters only, so that it may be where a name does. */
  word(): string;
  /** Fifteen digits. */
  number(): string;
  /** Nine digits, few enough for an `INTEGER`; found only as a whole number. */
  integer(): string;
  /** Twelve digits, as the last part of a UUID has them; found only as a whole number. */
  digits(): string;
  /** `YYYY-MM-DD` of a far century. */
  date(): string;
  /** Bytes as hexadecimal digits. */
  hex(): string;
  /** Where a text holds a secret, in whole or in part and whatever its case: each with what is around it. */
  foundIn(text: string): string[];
  /** The secrets that a text holds, in lower case, also where they are written backwards, in hexadecimal digits or in base64. */
  secretsIn(text: string): Map<string, string>;
}

/** Lengths of the parts by which secrets are found: shorter ones occur by chance in identities and times. */
const PART = { word: 9, number: 13, date: 10, hex: 14 } as const;
const LENGTHS = Object.values(PART);

/** @param random a whole number from 0 up to and without `below`; default from the system */
export function createMarkedSecrets(random: (below: number) => number = (below) => randomInt(below)): MarkedSecrets {
  const secretOf = new Map<string, string>();
  const beginnings = new Beginnings();
  const wholeNumbers = new Set<string>();
  const noteParts = (secret: string, form: string, length: number): void => {
    for (const part of windows(form.toLowerCase(), length)) {
      secretOf.set(part, secret.toLowerCase());
      beginnings.add(part);
    }
  };
  const note = (secret: string, length: number): string => {
    noteParts(secret, secret, length);
    return secret;
  };
  const draw = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet.charAt(random(alphabet.length))).join('');
  const noteWhole = (secret: string): string => {
    wholeNumbers.add(secret);
    return secret;
  };
  const secretsIn = (text: string): Map<string, string> => {
    const plain = unescaped(text.toLowerCase());
    const found = new Map<string, string>();
    const seen = new Set<string>();
    for (const { 0: run, index } of plain.matchAll(/[a-z0-9-]{9,}/g)) {
      if (seen.has(run)) continue;
      seen.add(run);
      for (const start of beginnings.startsIn(run)) {
        for (const length of LENGTHS) {
          const secret = secretOf.get(run.slice(start, start + length));
          if (secret !== undefined && !found.has(secret)) found.set(secret, around(plain, index + start));
        }
      }
    }
    for (const { 0: number, index } of plain.matchAll(/(?<!\d)\d{9}(?:\d{3})?(?!\d)/g)) {
      if (wholeNumbers.has(number) && !found.has(number)) found.set(number, around(plain, index));
    }
    return found;
  };
  return {
    word() {
      const word = note(`zq${draw(16, LETTERS)}`, PART.word);
      noteParts(word, [...word].reverse().join(''), PART.word);
      noteParts(word, Buffer.from(word).toString('hex'), PART.hex);
      // Whatever is before it shifts its bits, so it has three forms.
      for (const before of ['', 'a', 'aa']) {
        noteParts(
          word,
          Buffer.from(before + word)
            .toString('base64')
            .slice(4, -4),
          PART.word,
        );
      }
      return word;
    },
    number: () => note(`7${draw(14, '123456789')}`, PART.number),
    integer: () => noteWhole(`${7 + random(3)}${draw(8, '123456789')}`),
    digits: () => noteWhole(`7${draw(11, '123456789')}`),
    date: () => note(`${3_000 + random(6_000)}-${10 + random(3)}-${10 + random(18)}`, PART.date),
    hex: () => note(draw(20, '6789AB'), PART.hex),
    secretsIn,
    foundIn: (text) => [...secretsIn(text)].map(([secret, excerpt]) => `${secret} in ${excerpt}`),
  };
}

/** A text without the escapes of JSON, of DuckDB's blobs and of URLs. */
function unescaped(text: string): string {
  const decoded = text.replace(/\\+u([0-9a-f]{4})|%([0-7][0-9a-f])/g, (_, unicode?: string, percent?: string) =>
    String.fromCharCode(Number.parseInt(unicode ?? percent ?? '', 16)),
  );
  return decoded.replace(/\\+x/g, '');
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(text.length - length + 1, 0) }, (_, start) => text.slice(start, start + length));
}

function around(text: string, index: number): string {
  return text.slice(Math.max(index - 200, 0), index + 60);
}

/**
 * Where parts may begin, told without making a string at every place of megabytes: a bit for each hash of the first
 * characters of a part. It leaves out no part, and lets a few places through where none begins.
 */
class Beginnings {
  readonly #bits = new Uint8Array(2 ** 21);

  add(part: string): void {
    let hash = 0;
    for (let index = 0; index < HASHED; index += 1) hash = withCharacter(hash, part.charCodeAt(index));
    const bit = bitOf(hash);
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  startsIn(run: string): number[] {
    const starts: number[] = [];
    let hash = 0;
    for (let index = 0; index < run.length; index += 1) {
      hash = withCharacter(hash, run.charCodeAt(index));
      const bit = bitOf(hash);
      if (index >= HASHED - 1 && ((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) starts.push(index - HASHED + 1);
    }
    return starts;
  }
}

const HASHED = 6;

/** Five bits of each of the last six characters. */
function withCharacter(hash: number, character: number): number {
  return ((hash << 5) | (character & 31)) & (2 ** 30 - 1);
}

/** 24 bits. */
function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e_37_79_b1) >>> 8;
}

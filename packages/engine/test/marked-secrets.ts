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

/** @param random a whole number from 0 up to and without `below`; default from the system */
export function createMarkedSecrets(random: (below: number) => number = (below) => randomInt(below)): MarkedSecrets {
  const secretOf = new Map<string, string>();
  const wholeNumbers = new Set<string>();
  const noteParts = (secret: string, form: string, length: number): void => {
    for (const part of windows(form.toLowerCase(), length)) secretOf.set(part, secret.toLowerCase());
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
    for (const run of new Set(plain.match(/[a-z0-9-]{9,}/g))) {
      for (const part of [...new Set(Object.values(PART))].flatMap((length) => windows(run, length))) {
        const secret = secretOf.get(part);
        if (secret !== undefined && !found.has(secret)) found.set(secret, around(plain, part));
      }
    }
    for (const number of new Set(plain.match(/(?<!\d)\d{9}(?:\d{3})?(?!\d)/g))) {
      if (wholeNumbers.has(number)) found.set(number, around(plain, number));
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

function around(text: string, part: string): string {
  const index = text.indexOf(part);
  return text.slice(Math.max(index - 200, 0), index + 60);
}

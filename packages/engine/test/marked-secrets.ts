import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Makes values that occur nowhere by chance, and finds them, or parts of them, in what came out. */
export interface MarkedSecrets {
  /** Letters only, so that it may stand where a name does. */
  word(): string;
  /** Fifteen digits. */
  number(): string;
  /** `YYYY-MM-DD` of a far century. */
  date(): string;
  /** Bytes as hexadecimal digits. */
  hex(): string;
  /** Where a text holds a secret, in whole or in part and whatever its case: each with what stands around it. */
  foundIn(text: string): string[];
}

/** Lengths of the parts by which secrets are found: shorter ones occur by chance in identities and times. */
const PART = { word: 9, number: 13, date: 10, hex: 14 } as const;

/** @param random a whole number from 0 up to and without `below`; default from the system */
export function createMarkedSecrets(random: (below: number) => number = (below) => randomInt(below)): MarkedSecrets {
  const secretOf = new Map<string, string>();
  const note = (secret: string, length: number): string => {
    for (const part of windows(secret.toLowerCase(), length)) secretOf.set(part, secret);
    return secret;
  };
  const draw = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet.charAt(random(alphabet.length))).join('');
  return {
    word: () => note(`zq${draw(16, LETTERS)}`, PART.word),
    number: () => note(`7${draw(14, '123456789')}`, PART.number),
    date: () => note(`${3_000 + random(6_000)}-${10 + random(3)}-${10 + random(18)}`, PART.date),
    hex: () => note(draw(20, '6789AB'), PART.hex),
    foundIn(text) {
      const plain = text.toLowerCase().replace(/\\+x/g, '');
      const found = new Map<string, string>();
      for (const run of new Set(plain.match(/[a-z0-9-]{9,}/g))) {
        for (const part of Object.values(PART).flatMap((length) => windows(run, length))) {
          const secret = secretOf.get(part);
          if (secret !== undefined && !found.has(secret)) found.set(secret, around(plain, part));
        }
      }
      return [...found].map(([secret, excerpt]) => `${secret} in ${excerpt}`);
    },
  };
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(text.length - length + 1, 0) }, (_, start) => text.slice(start, start + length));
}

function around(text: string, part: string): string {
  const index = text.indexOf(part);
  return text.slice(Math.max(index - 200, 0), index + 60);
}

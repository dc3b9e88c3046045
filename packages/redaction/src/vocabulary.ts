import { CAPTION_WORDS } from './captions.ts';
import type { TokenKind } from './scan-tokens.ts';
import { type SqlDialect, standardSql } from './sql-dialect.ts';
import { plainToken, SPACE, type Token, TRAIT } from './token.ts';

// Most tokens of a text are a few symbols and words, so these are created once and shared.
const SYMBOLS: ReadonlyMap<string, Token> = new Map(
  [
    SPACE,
    plainToken('space', '\n'),
    ...['(', '[', '{'].map((text) => ({ ...plainToken('punctuation', text), traits: TRAIT.opens })),
    ...[')', ']', '}'].map((text) => ({ ...plainToken('punctuation', text), traits: TRAIT.closes })),
    ...[',', ';', ':', '.', '::', '│', '─'].map((text) => plainToken('punctuation', text)),
    ...['=', '<', '>', '<=', '>=', '<>', '!=', '+', '-', '*', '/', '%', '||', '->', '->>', '~~'].map((text) =>
      plainToken('operator', text),
    ),
  ].map((token) => [token.text, token]),
);

/** The words of a dialect and their traits. */
export class Vocabulary {
  readonly keywords: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
  readonly wordOptions: ReadonlySet<string>;
  readonly namePragmas: ReadonlySet<string>;
  readonly #functions: ReadonlySet<string>;
  readonly #functionFamilies: readonly string[];
  readonly #words: ReadonlyMap<string, Token>;
  readonly #longestWord: number;

  constructor(dialect: SqlDialect) {
    this.keywords = lowerCase(dialect.keywords ?? standardSql.keywords ?? []);
    this.types = lowerCase(dialect.types ?? standardSql.types ?? []);
    this.wordOptions = lowerCase(dialect.wordOptions ?? []);
    this.namePragmas = lowerCase(dialect.namePragmas ?? []);
    const functions = [...lowerCase(dialect.functions ?? [])];
    this.#functions = new Set(functions);
    this.#functionFamilies = functions.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
    this.#words = knownWords(this, dialect);
    this.#longestWord = Math.max(...[...this.#words.keys()].map((word) => word.length));
  }

  /** Makes the token of a piece of text whose kind is known. */
  token(kind: TokenKind, text: string): Token {
    if (kind === 'word') return this.#words.get(text) ?? this.#otherWord(text);
    return (text.length <= 3 ? SYMBOLS.get(text) : undefined) ?? plainToken(kind, text);
  }

  /** Tells whether a name is that of a function that every installation has, in any case. */
  isFunction(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#functions.has(lower) || this.#functionFamilies.some((start) => lower.startsWith(start));
  }

  #otherWord(text: string): Token {
    // A word of the language begins with a letter of ASCII.
    const mayBeKnown = text.length <= this.#longestWord && text.charCodeAt(0) < 128;
    return mayBeKnown ? inMixedCase(text, this.#words) : { kind: 'word', text, word: '', traits: 0 };
  }
}

/** The vocabulary of each dialect, built once: it takes longer than redacting most texts. */
const VOCABULARIES = new WeakMap<SqlDialect, Vocabulary>();

/** The words of a dialect; by default those of standard SQL. */
export function vocabularyOf(dialect: SqlDialect = standardSql): Vocabulary {
  const known = VOCABULARIES.get(dialect);
  if (known !== undefined) return known;
  const vocabulary = new Vocabulary(dialect);
  VOCABULARIES.set(dialect, vocabulary);
  return vocabulary;
}

function lowerCase(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map((word) => word.toLowerCase()));
}

/** The words of the language in lower case and in capitals, and those that plans write in one way only. */
function knownWords({ keywords, types }: Vocabulary, dialect: SqlDialect): Map<string, Token> {
  const words = new Map<string, Token>();
  const planWords = lowerCase(dialect.planWords ?? []);
  for (const word of new Set([
    ...STRUCTURE_WORDS,
    ...VALUE_WORDS,
    ...STATEMENT_WORDS,
    ...planWords,
    ...types,
    ...keywords,
  ])) {
    const isType = types.has(word);
    const isPlanWord = planWords.has(word);
    const traits =
      (isPlanWord || STRUCTURE_WORDS.has(word) ? TRAIT.structure : 0) |
      (isPlanWord || VALUE_WORDS.has(word) ? TRAIT.valueWord : 0) |
      (isType ? TRAIT.type : 0) |
      (keywords.has(word) ? TRAIT.keyword : 0);
    words.set(word, { kind: 'word', text: word, word, traits });
    const capitals = word.toUpperCase();
    words.set(capitals, { kind: 'word', text: capitals, word, traits: traits | (isType ? TRAIT.capitalType : 0) });
  }
  const add = (text: string, trait: number): void => {
    const known = words.get(text) ?? inMixedCase(text, words);
    words.set(text, { ...known, traits: known.traits | trait });
  };
  for (const word of CAPTION_WORDS) add(word, TRAIT.beginsCaption);
  return words;
}

/** A word of the language in mixed case, of which only a part holds, or one that the language does not know. */
function inMixedCase(text: string, words: ReadonlyMap<string, Token>): Token {
  const lower = text.toLowerCase();
  const known = lower === text ? undefined : words.get(lower);
  return { kind: 'word', text, word: known?.word ?? '', traits: (known?.traits ?? 0) & (TRAIT.type | TRAIT.keyword) };
}

const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Words that structure queries and expressions as engines display them; they stand between names. */
const STRUCTURE_WORDS: ReadonlySet<string> = wordSet(`
  all and anti any as asc asof between by case cast collate cross current desc distinct else end escape except exclude
  exists false filter first following from full glob group groups having ilike in inner intersect into is isnull join
  lambda last left like limit not notnull null nulls of offset on or order outer over partition positional preceding
  qualify range recursive right row rows select semi similar some subquery then ties to true try_cast unbounded union
  unpivot using values when where window with within without zone`);

/** Words that may stay where a literal is expected: a literal follows them, or they mark its absence. */
const VALUE_WORDS: ReadonlySet<string> = wordSet(`
  all any array case cast current_date current_time current_timestamp date default exists false interval map not null row
  some struct subquery time timestamp timestamptz true try_cast`);

/**
 * Words that say what a statement does. They are known whatever the dialect: what is behind `SET` or `CREATE SECRET` is
 * hidden in the SQL of any engine.
 */
const STATEMENT_WORDS: ReadonlySet<string> = wordSet(`
  analyse analyze attach copy create database execute explain export pragma prepare secret set table variable`);

/** Tells whether a word structures a query, written in lower case or in capitals; `And` in a title does not. */
export function isStructureWord(text: string): boolean {
  return STRUCTURE_FORMS.has(text);
}

const STRUCTURE_FORMS: ReadonlySet<string> = new Set(
  [...STRUCTURE_WORDS].flatMap((word) => [word, word.toUpperCase()]),
);

import type { TextReading } from './read-text.ts';
import type { TokenKind } from './scan-tokens.ts';
import {
  hasTrait,
  isSymbol,
  isWord,
  plainToken,
  retyped,
  solidBefore,
  solidFrom,
  type Token,
  type TokenList,
  TRAIT,
} from './token.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Tells whether a word may stay at any place. */
export type KnownName = (word: string) => boolean;

/** Cached tests, by list of names: all texts of a report share one list. */
const TESTS = new WeakMap<object, KnownName>();

const NONE: KnownName = () => false;

/** Makes the test for the names that a caller knows; case does not matter. */
export function knownNames(identifiers: Iterable<string> | undefined): KnownName {
  if (identifiers === undefined) return NONE;
  if (typeof identifiers !== 'object') return nameTest(identifiers);
  const known = TESTS.get(identifiers) ?? nameTest(identifiers);
  TESTS.set(identifiers, known);
  return known;
}

function nameTest(identifiers: Iterable<string>): KnownName {
  const names = new Set<string>();
  for (const identifier of identifiers) names.add(identifier.toLowerCase());
  return (word) => names.has(word.toLowerCase());
}

/** Words that may stay in any text. */
const WORDS = TRAIT.structure | TRAIT.capitalType;

/** Which names may stay. */
export interface NameRules {
  readonly vocabulary: Vocabulary;
  readonly isKnown: KnownName;
  /** Traits of words that may stay, besides those of any text. */
  readonly language: number;
}

/** Marks as data every name that is neither known nor a word of the language: aliases, pivoted columns, automatic names. */
export function markUnknownNames(tokens: TokenList, rules: NameRules): TokenList {
  return tokens.map((token, index) => (isUnknownName(tokens, index, rules) ? retyped('value', token) : token));
}

/** Tells whether a token is a name that is neither known nor a word of the language. */
function isUnknownName(tokens: TokenList, index: number, rules: NameRules): boolean {
  const { isKnown, language, vocabulary } = rules;
  const token = tokens[index] as Token;
  if (token.kind === 'word') {
    return (
      !hasTrait(token, WORDS | language) && !isKnown(token.text) && !isCalled(tokens, index, token.text, vocabulary)
    );
  }
  if (token.kind !== 'quoted-identifier') return false;
  const name = token.text.slice(1, -1).replaceAll('""', '"');
  return !isKnown(name) && !isCalled(tokens, index, name, vocabulary);
}

function isCalled(tokens: TokenList, index: number, name: string, vocabulary: Vocabulary): boolean {
  return isSymbol(tokens[solidFrom(tokens, index + 1)], '(') && vocabulary.isFunction(name);
}

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'string',
  'quoted-identifier',
  'number',
  'placeholder',
  'parameter',
  'position',
  'value',
  'url',
  'unknown',
]);

const AS: ReadonlySet<string> = new Set(['as']);

/**
 * Marks adjacent names with nothing between them as data: no expression allows them, but aliases and
 * automatic or pivoted column names, displayed without quotes, do (`na me1`, `2020 total`).
 */
export function markAdjacentNames(tokens: TokenList, isKnown: KnownName): TokenList {
  const isName = tokens.map((token, index) => token.kind === 'word' && !stays(tokens, index, isKnown));
  return tokens.map((token, index) => {
    if (!isName[index]) return token;
    const left = neighbour(tokens, index, -1);
    const beside = isName[left] || isOperand(tokens[left]) || isName[neighbour(tokens, index, 1)];
    return beside ? retyped('value', token) : token;
  });
}

function stays(tokens: TokenList, index: number, isKnown: KnownName): boolean {
  const token = tokens[index] as Token;
  if (hasTrait(token, TRAIT.structure | TRAIT.capitalType) || isKnown(token.text)) return true;
  if (!hasTrait(token, TRAIT.type)) return false;
  const before = tokens[solidBefore(tokens, index)];
  return isSymbol(before, '::') || isWord(before, AS);
}

function isOperand(token: Token | undefined): boolean {
  return token !== undefined && (OPERANDS.has(token.kind) || isSymbol(token, ')') || isSymbol(token, ']'));
}

/** The position of the token beside `index` on the same line. */
function neighbour(tokens: TokenList, index: number, step: -1 | 1): number {
  const next = tokens[index + step];
  return next?.kind === 'space' && !hasTrait(next, TRAIT.breaksLine) ? index + step * 2 : index + step;
}

/** Kinds that are kept, but are only as certain as the quotes around them. */
const MARKERS: ReadonlySet<TokenKind> = new Set<TokenKind>(['parameter', 'position', 'placeholder', 'url']);

/**
 * Marks as data what may be data if the quotes of a text are unbalanced: all of it if that is certain. If the text is
 * too long to tell, known names and words of the language stay, because they reveal no literal.
 */
export function hideDoubtful(reading: TextReading, rules: NameRules): TextReading {
  const { tokens, doubtful, quotes, rest } = reading;
  if (quotes === 'paired' || doubtful >= tokens.length) return reading;
  if (quotes === 'broken') {
    const doubted = tokens.slice(doubtful).map((token) => token.text);
    const value = plainToken('value', doubted.join('') + rest);
    return { ...reading, tokens: [...tokens.slice(0, doubtful), value], isWhole: true };
  }
  const certain = tokens.map((token, index) => {
    if (index < doubtful) return token;
    return MARKERS.has(token.kind) || isUnknownName(tokens, index, rules) ? retyped('value', token) : token;
  });
  return { ...reading, tokens: certain };
}

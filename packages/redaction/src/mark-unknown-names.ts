import { hasTrait, isSymbol, retyped, type Token, TRAIT } from './token.ts';
import { solidFrom, type TokenList } from './token-list.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Tells whether a word may stand, whatever its place. */
export type KnownName = (word: string) => boolean;

/** The test for the names of a list, by the list: all texts of a report come with the same. */
const TESTS = new WeakMap<object, KnownName>();

const NONE: KnownName = () => false;

/** Makes the test for the names that a caller knows; upper and lower case are the same. */
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

/** Words that may stand in any text. */
const WORDS = TRAIT.structure | TRAIT.capitalType;

/** Which names may stand. */
export interface NameRules {
  readonly vocabulary: Vocabulary;
  readonly isKnown: KnownName;
  /** Traits of words that may stand, besides those of any text. */
  readonly language: number;
}

/** Takes every name for data that is neither known nor a word of the language: aliases, pivoted columns, automatic names. */
export function markUnknownNames(tokens: TokenList, rules: NameRules): TokenList {
  return tokens.map((token, index) => (isUnknownName(tokens, index, rules) ? retyped('value', token) : token));
}

/** Tells whether a token is a name that is neither known nor a word of the language. */
export function isUnknownName(tokens: TokenList, index: number, rules: NameRules): boolean {
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

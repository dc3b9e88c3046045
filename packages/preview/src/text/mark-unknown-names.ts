import { isFunctionName, isOperatorName, isStructureWord, isTypeWord } from './known-words.ts';
import type { Token } from './scan-tokens.ts';
import { isSymbol, solidFrom, type TokenList } from './token-list.ts';

/** Tells whether a word may stand, whatever its place. */
export type KnownName = (word: string) => boolean;

/** Makes the test for the names that a caller knows; upper and lower case are the same. */
export function knownNames(identifiers: Iterable<string>): KnownName {
  const names = new Set<string>();
  for (const identifier of identifiers) names.add(identifier.toLowerCase());
  return (word) => names.has(word.toLowerCase());
}

/**
 * Takes every name for data that is neither known nor a word of the language: aliases, pivoted columns, automatic names.
 * @param isKnown The names of the caller.
 * @param isLanguage Further words that may stand.
 */
export function markUnknownNames(tokens: TokenList, isKnown: KnownName, isLanguage: KnownName): TokenList {
  return tokens.map((token, index) => {
    if (token.kind !== 'word' && token.kind !== 'quoted-identifier') return token;
    const quoted = token.kind === 'quoted-identifier';
    const name = quoted ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
    const called = isSymbol(tokens[solidFrom(tokens, index + 1)], '(') && isFunctionName(name);
    const stands = called || isKnown(name) || (!quoted && (isLanguage(name) || isDefaultWord(name)));
    return stands ? token : asValue(token);
  });
}

function isDefaultWord(word: string): boolean {
  // Some types are words of every day; plans write the types in capitals.
  return isStructureWord(word) || isOperatorName(word) || (isTypeWord(word) && word === word.toUpperCase());
}

function asValue(token: Token): Token {
  return { kind: 'value', text: token.text };
}

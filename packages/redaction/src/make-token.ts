import { CAPTION_WORDS } from './captions.ts';
import { OPERATOR_NAMES, STRUCTURE_WORDS, TYPE_WORDS, VALUE_WORDS } from './known-words.ts';
import type { TokenKind } from './scan-tokens.ts';
import { SQL_KEYWORDS } from './sql-keywords.ts';
import { plainToken, SPACE, type Token, TRAIT } from './token.ts';

// Most tokens of a text are a few symbols and words: made once, they cost it nothing.
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

const WORDS: ReadonlyMap<string, Token> = knownWords();
const LONGEST_WORD = Math.max(...[...WORDS.keys()].map((word) => word.length));

/** Makes the token of a piece of text that has been found to be of a kind. */
export function makeToken(kind: TokenKind, text: string): Token {
  if (kind === 'word') return WORDS.get(text) ?? otherWord(text);
  return (text.length <= 3 ? SYMBOLS.get(text) : undefined) ?? plainToken(kind, text);
}

/** The words of the language in lower case and in capitals, and those that plans write in one way only. */
function knownWords(): Map<string, Token> {
  const words = new Map<string, Token>();
  for (const word of new Set([...STRUCTURE_WORDS, ...VALUE_WORDS, ...TYPE_WORDS, ...SQL_KEYWORDS])) {
    const isType = TYPE_WORDS.has(word);
    const traits =
      (STRUCTURE_WORDS.has(word) ? TRAIT.structure : 0) |
      (VALUE_WORDS.has(word) ? TRAIT.valueWord : 0) |
      (isType ? TRAIT.type : 0) |
      (SQL_KEYWORDS.has(word) ? TRAIT.keyword : 0);
    words.set(word, { kind: 'word', text: word, word, traits });
    const capitals = word.toUpperCase();
    words.set(capitals, { kind: 'word', text: capitals, word, traits: traits | (isType ? TRAIT.capitalType : 0) });
  }
  const add = (text: string, trait: number): void => {
    const known = words.get(text) ?? inMixedCase(text, words);
    words.set(text, { ...known, traits: known.traits | trait });
  };
  for (const name of OPERATOR_NAMES) add(name, TRAIT.operatorName);
  for (const word of CAPTION_WORDS) add(word, TRAIT.beginsCaption);
  return words;
}

function otherWord(text: string): Token {
  if (text.endsWith('Exec') && /^[A-Z]\w{0,60}Exec$/.test(text)) {
    return { kind: 'word', text, word: '', traits: TRAIT.operatorName };
  }
  // A word of the language begins with a letter of ASCII.
  const mayBeKnown = text.length <= LONGEST_WORD && text.charCodeAt(0) < 128;
  return mayBeKnown ? inMixedCase(text, WORDS) : { kind: 'word', text, word: '', traits: 0 };
}

/** A word of the language in mixed case, of which only a part holds, or one that the language does not know. */
function inMixedCase(text: string, words: ReadonlyMap<string, Token>): Token {
  const lower = text.toLowerCase();
  const known = lower === text ? undefined : words.get(lower);
  return { kind: 'word', text, word: known?.word ?? '', traits: (known?.traits ?? 0) & (TRAIT.type | TRAIT.keyword) };
}

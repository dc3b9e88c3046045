import { isUnknownName, type NameRules } from './mark-unknown-names.ts';
import type { TextReading } from './read-text.ts';
import type { TokenKind } from './scan-tokens.ts';
import { plainToken, retyped } from './token.ts';

/** What stands as it is, but is no more certain than the quotes around it. */
const MARKERS: ReadonlySet<TokenKind> = new Set<TokenKind>(['parameter', 'position', 'placeholder', 'url']);

/**
 * Takes for data what may be some where the quotes of a text do not pair: all of it where that is certain. Where the text is
 * too long to tell, known names and words of the language stand, because nobody learns a literal from them.
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

import { captionPlaces } from './caption-places.ts';
import { type CaptionPlace, captionsCount, isCaption, isPlanPhrase } from './captions.ts';
import { hasTrait, isSymbol, joined, type Token, TRAIT } from './token.ts';
import { solidFrom, type TokenList } from './token-list.ts';

// Five tokens are three words with spaces between them; `Filename(s)` has four.
const LENGTHS = [5, 4, 3, 1];

/**
 * Finds the captions of displayed plans (`Join Type=INNER`), so that what follows one is not taken for the value of a
 * comparison, and lets the numbers that are counts or estimates stand behind theirs.
 */
export function markLabels(tokens: TokenList): TokenList {
  if (!tokens.some((token) => hasTrait(token, TRAIT.beginsCaption))) return tokens;
  const marked: Token[] = [];
  const places = captionPlaces(tokens);
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index] as Token;
    const end = hasTrait(token, TRAIT.beginsCaption) ? labelEnd(tokens, index, places[index] ?? 'anywhere') : index;
    if (end === index) {
      marked.push(token);
      index += 1;
      continue;
    }
    const label = joined('label', tokens, index, end);
    marked.push(label);
    index = end;
    const count = captionsCount(label.text) ? countAfter(tokens, index) : index;
    if (count > index) marked.push(...tokens.slice(index, count - 1), joined('label', tokens, count - 1, count));
    index = count;
  }
  return marked;
}

/** The end of the longest caption or phrase that starts at `index`; `index` when there is none. */
function labelEnd(tokens: TokenList, index: number, place: CaptionPlace): number {
  for (const length of LENGTHS) {
    const end = index + length;
    if (tokens[end - 1]?.kind !== 'word' && !isSymbol(tokens[end - 1], ')')) continue;
    const { text } = joined('label', tokens, index, end);
    const next = tokens[solidFrom(tokens, end)];
    const symbol = isSymbol(next, ':') ? ':' : isSymbol(next, '=') ? '=' : undefined;
    if (isPlanPhrase(text) || (symbol !== undefined && isCaption(text, symbol, place))) return end;
  }
  return index;
}

/** The end of the number behind a caption and its symbol; `end` itself when something else stands there. */
function countAfter(tokens: TokenList, end: number): number {
  const symbol = solidFrom(tokens, end);
  const number = solidFrom(tokens, symbol + 1);
  const isCount = isSymbol(tokens[symbol], ':') || isSymbol(tokens[symbol], '=');
  return isCount && /^\d{1,20}$/.test(tokens[number]?.text ?? '') ? number + 1 : end;
}

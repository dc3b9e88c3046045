import { captionsLocation } from './captions.ts';
import { cleanUrl } from './redact-url.ts';
import type { TokenKind } from './scan-tokens.ts';
import { isSymbol, joined, plainToken, solidBefore, type Token, type TokenList } from './token.ts';

const STORE_SCHEME = /^(?:abfss?|adl|az|azure|file|gcs|gs|hdfs|memory|r2|s3|s3a|wasbs?):/i;

// A caption ends the list of locations before it; a quotation is a literal even there.
const STOPS: ReadonlySet<TokenKind> = new Set<TokenKind>(['space', 'label', 'string', 'quoted-identifier', 'value']);

/**
 * Keeps locations without their credentials: what a caption declares as one, and URLs of object stores that are not
 * compared with something.
 * @param isWhole Whether these are all tokens of the text; else the last location may continue after them.
 */
export function markLocations(tokens: TokenList, isWhole: boolean): TokenList {
  if (!tokens.some(leadsToLocation)) return tokens;
  const marked: Token[] = [];
  // Whether the last location belongs to a list with a caption.
  let isListed = false;
  for (let index = 0; index < tokens.length; ) {
    const follows = followsLocation(marked, isListed);
    const end = locationEnd(tokens, index, marked, follows);
    if (end === index) {
      marked.push(tokens[index] as Token);
      index += 1;
    } else {
      // In a cut text, the last token may be the start of one that belongs to the location.
      const isCut = !isWhole && end >= tokens.length - 1;
      isListed = follows;
      marked.push(plainToken('location', cleanUrl(joined('location', tokens, index, end).text, isCut)));
      index = end;
    }
  }
  return marked;
}

function leadsToLocation(token: Token): boolean {
  return token.kind === 'url' || (token.kind === 'label' && captionsLocation(token.text));
}

function locationEnd(tokens: TokenList, index: number, marked: TokenList, follows: boolean): number {
  const token = tokens[index];
  const before = marked[solidBefore(marked, marked.length)];
  if (
    token?.kind === 'url' &&
    STORE_SCHEME.test(token.text) &&
    (before?.kind !== 'operator' || /^-+>$/.test(before.text))
  ) {
    return index + 1;
  }
  if (token?.kind === 'space' || !follows) return index;
  let end = index;
  while (end < tokens.length && isPathPart(tokens[end])) end += 1;
  return end;
}

/**
 * Whether a caption of locations is before, alone, with a bracket, or with locations and commas. A URL without a caption
 * starts no list: what follows its comma may be a value.
 */
function followsLocation(marked: TokenList, isListed: boolean): boolean {
  let before = solidBefore(marked, marked.length);
  if (isSymbol(marked[before], ',')) return isListed && marked[solidBefore(marked, before)]?.kind === 'location';
  if (isSymbol(marked[before], '[')) before = solidBefore(marked, before);
  if (!isSymbol(marked[before], '=') && !isSymbol(marked[before], ':')) return false;
  const caption = marked[solidBefore(marked, before)];
  return caption?.kind === 'label' && captionsLocation(caption.text);
}

function isPathPart(token: Token | undefined): boolean {
  if (token === undefined || STOPS.has(token.kind)) return false;
  return !isSymbol(token, ',') && !isSymbol(token, '[') && !isSymbol(token, ']') && !isSymbol(token, ')');
}

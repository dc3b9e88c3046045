import { type CaptionPlace, captionsCount, isCaption, isPlanPhrase } from './captions.ts';
import {
  hasTrait,
  isSymbol,
  joined,
  retyped,
  solidBefore,
  solidFrom,
  type Token,
  type TokenList,
  TRAIT,
} from './token.ts';

// Five tokens are three words with spaces between them; `Filename(s)` has four.
const LENGTHS = [5, 4, 3, 1];

/**
 * Marks the captions of displayed plans (`Join Type=INNER`), so that what follows one does not count as the value of a
 * comparison, and keeps the numbers behind them that are counts or estimates.
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

/** The end of the number behind a caption and its symbol; `end` itself if there is no number. */
function countAfter(tokens: TokenList, end: number): number {
  const symbol = solidFrom(tokens, end);
  const number = solidFrom(tokens, symbol + 1);
  const isCount = isSymbol(tokens[symbol], ':') || isSymbol(tokens[symbol], '=');
  return isCount && /^\d{1,20}$/.test(tokens[number]?.text ?? '') ? number + 1 : end;
}

/**
 * Says for each token which captions may start there. An equals sign belongs to a caption only outside brackets and
 * expressions, in a line that starts with the name of a node and a colon.
 */
function captionPlaces(tokens: TokenList): CaptionPlace[] {
  let line: CaptionPlace = 'anywhere';
  let depth = 0;
  return tokens.map((token, index) => {
    if (index === 0 || hasTrait(tokens[index - 1], TRAIT.breaksLine)) {
      line = lineStartingAt(tokens, index);
      depth = 0;
    }
    if (hasTrait(token, TRAIT.opens)) depth += 1;
    else if (hasTrait(token, TRAIT.closes)) depth -= 1;
    return line === 'anywhere' || depth !== 0 || continuesExpression(tokens, index) ? 'anywhere' : line;
  });
}

function lineStartingAt(tokens: TokenList, start: number): CaptionPlace {
  let index = start;
  while (isDecoration(tokens, index)) index += 1;
  const head = tokens[index];
  if (head?.kind !== 'word' || !isSymbol(tokens[index + 1], ':')) return 'anywhere';
  if (/^[A-Z][A-Z0-9_]*$/.test(head.text)) return 'engine-line';
  return /^[A-Z]\w*$/.test(head.text) ? 'node-line' : 'anywhere';
}

/** Whether a space or a part of a drawn tree is somewhere, on the same line. */
function isDecoration(tokens: TokenList, index: number): boolean {
  const token = tokens[index];
  if (token === undefined || hasTrait(token, TRAIT.breaksLine)) return false;
  const code = token.text.charCodeAt(0);
  return token.kind === 'space' || (code >= 0x2500 && code <= 0x257f);
}

function continuesExpression(tokens: TokenList, index: number): boolean {
  const before = tokens[solidBefore(tokens, index)];
  if (before === undefined) return false;
  return before.kind === 'operator' || hasTrait(before, TRAIT.structure) || isSymbol(before, '.');
}

/**
 * Keeps the names of SQL that a node of our kind shows behind its caption, up to the end of the line: they are the
 * author's, aliases next to their tables included. Its literals stay what they are.
 */
export function markCaptionedSql(tokens: TokenList): TokenList {
  if (!tokens.some(isSqlCaption)) return tokens;
  let inSql = false;
  return tokens.map((token, index) => {
    if (isSqlCaption(token) && isAssigned(tokens, index)) inSql = true;
    else if (hasTrait(token, TRAIT.breaksLine)) inSql = false;
    return inSql && token.kind === 'word' ? retyped('label', token) : token;
  });
}

function isSqlCaption(token: Token): boolean {
  return token.kind === 'label' && token.text === 'sql';
}

function isAssigned(tokens: TokenList, caption: number): boolean {
  const symbol = tokens[solidFrom(tokens, caption + 1)];
  return isSymbol(symbol, '=') || isSymbol(symbol, ':');
}

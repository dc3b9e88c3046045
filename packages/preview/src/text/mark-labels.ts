import type { Token } from './scan-tokens.ts';
import { isSymbol, joined, solidFrom, type TokenList } from './token-list.ts';

/** Captions, which a colon or an equals sign follows. */
const CAPTIONS = new Set(
  `aggregates|columns|condition|conditions|cte index|cte name|dynamic filters|ec|estimated cardinality|expression
  |expressions|file|files|filename|filters|filter|format|function|groups|input|inputs|join type|kind|limit|location|mode
  |name|offset|optional|order by|output|outputs|partitions|path|projection|projections|sample method|schema|sql|table
  |table index|tables|top|total files read|type|url|view`
    .split('|')
    .map((caption) => caption.trim()),
);

/** Phrases that stand for themselves. */
const PHRASES = new Set(['dynamic filter', 'sequential scan', 'index scan', 'bloom filter']);

const CARDINALITIES = new Set(['estimated cardinality', 'ec']);

/**
 * Finds the captions of displayed plans (`Join Type: INNER`), so that what follows one is not taken for the value of a
 * comparison, and lets the number after an estimated cardinality stand: it is the optimizer's, not the data's.
 */
export function markLabels(tokens: TokenList): TokenList {
  const marked: Token[] = [];
  for (let index = 0; index < tokens.length; ) {
    const end = labelEnd(tokens, index);
    if (end === index) {
      marked.push(tokens[index] as Token);
      index += 1;
      continue;
    }
    const label = joined('label', tokens.slice(index, end));
    marked.push(label);
    const number = CARDINALITIES.has(label.text.toLowerCase()) ? cardinalityAfter(tokens, end) : end;
    for (const token of tokens.slice(end, number)) marked.push(token);
    if (number > end) marked.push(joined('label', tokens.slice(number, number + 1)));
    index = number > end ? number + 1 : end;
  }
  return marked;
}

/** The end of the longest caption or phrase of one to three words that starts at `index`; `index` when there is none. */
function labelEnd(tokens: TokenList, index: number): number {
  if (tokens[index]?.kind !== 'word') return index;
  for (const words of [3, 2, 1]) {
    const end = index + words * 2 - 1;
    if (tokens[end - 1]?.kind !== 'word') continue;
    const text = joined('label', tokens.slice(index, end)).text.toLowerCase();
    if (PHRASES.has(text)) return end;
    if (CAPTIONS.has(text) && isSymbol(tokens[solidFrom(tokens, end)], ':', '=')) return end;
  }
  return index;
}

function cardinalityAfter(tokens: TokenList, end: number): number {
  const symbol = solidFrom(tokens, end);
  const number = solidFrom(tokens, symbol + 1);
  return isSymbol(tokens[symbol], ':', '=') && /^\d{1,20}$/.test(tokens[number]?.text ?? '') ? number : end;
}

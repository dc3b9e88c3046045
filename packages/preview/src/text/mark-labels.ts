import type { Token } from './scan-tokens.ts';
import { isSymbol, joined, solidFrom, type TokenList } from './token-list.ts';

const phrases = (text: string): ReadonlySet<string> => new Set(text.split('|').map((phrase) => phrase.trim()));

/** Captions of lists of expressions, as plans write them; no column is likely to be called so. */
const EXPRESSION_CAPTIONS = phrases(
  `Aggregates|Condition|Conditions|Dynamic Filters|EC|Estimated Cardinality|Expression|Expressions|Filters|Groups
  |Join Type|Order By|Projections`,
);

/** Captions which only a colon tells from columns: `Table: p`, but not `table=p`. */
const CAPTIONS = phrases(
  `CTE Index|CTE Name|File|Files|Filename|Filter|Format|Function|Index|Input|Kind|Limit|Location|Method|Mode|Name|Offset
  |Output|Partitions|Path|Sample Method|Schema|System|Table|Table Index|Tables|Top|Total Files Read|Type|View|columns|file
  |files|format|input|inputs|kind|location|mode|output|outputs|partitions|path|schema|sql|table|tables|type|view`,
);

/** Phrases that stand for themselves. */
const PHRASES = phrases('Dynamic Filter|Sequential Scan|Index Scan|Bloom Filter');

const CARDINALITIES = phrases('Estimated Cardinality|EC');

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
    const number = CARDINALITIES.has(label.text) ? cardinalityAfter(tokens, end) : end;
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
    const text = joined('label', tokens.slice(index, end)).text;
    if (PHRASES.has(text)) return end;
    const next = tokens[solidFrom(tokens, end)];
    if (EXPRESSION_CAPTIONS.has(text) && isSymbol(next, ':', '=')) return end;
    if (CAPTIONS.has(text) && isSymbol(next, ':')) return end;
  }
  return index;
}

function cardinalityAfter(tokens: TokenList, end: number): number {
  const symbol = solidFrom(tokens, end);
  const number = solidFrom(tokens, symbol + 1);
  return isSymbol(tokens[symbol], ':', '=') && /^\d{1,20}$/.test(tokens[number]?.text ?? '') ? number : end;
}

const phrases = (text: string): ReadonlySet<string> => new Set(text.split('|').map((phrase) => phrase.trim()));

/** Captions of expressions, as plans write them; columns are unlikely to have these names. */
const EXPRESSION_CAPTIONS = phrases(
  `Aggregates|Condition|Conditions|Dynamic Filters|EC|Estimated Cardinality|Expression|Expressions|Filters|Groups
  |Join Type|Order By|Projections`,
);

/** Captions of engines' plans that may also be column names. */
const ENGINE_CAPTIONS = phrases(
  `CTE Index|CTE Name|File|Files|Filename|Filename(s)|Filter|Format|Function|Index|Input|Kind|Limit|Location|Method|Mode
  |Name|Offset|optional|Output|Partitions|Path|Sample Method|Schema|System|Table|Table Index|Tables|Top|Total Files Read|Type|View`,
);

/** Captions of nodes written in TypeScript. */
const NODE_CAPTIONS = phrases(
  `by|bytes|columns|file|files|format|input|inputs|kind|location|mode|objects|on|output|outputs|partitions|path|rows|schema|sql
  |table|tables|to|type|url|view|views`,
);

/** Phrases that need no value behind them. */
const PHRASES = phrases('Dynamic Filter|Sequential Scan|Index Scan|Bloom Filter');

const COUNTS = phrases('Estimated Cardinality|EC|Limit|Offset|Top|bytes|objects|outputs|partitions|rows');

const LOCATIONS = phrases('File|Files|Filename|Filename(s)|Location|Path|file|files|location|path|to|url');

/** The first words of captions and phrases; most words need no further check. */
export const CAPTION_WORDS: ReadonlySet<string> = new Set(
  [EXPRESSION_CAPTIONS, ENGINE_CAPTIONS, NODE_CAPTIONS, PHRASES].flatMap((set) =>
    [...set].map((words) => words.split(/[ (]/, 1)[0] ?? ''),
  ),
);

/** Where in a plan a caption may stay: within a line that starts with an engine's operator, or with a node of our kind. */
export type CaptionPlace = 'anywhere' | 'engine-line' | 'node-line';

/** Tells whether words followed by a colon or an equals sign are a caption, rather than a column in a comparison. */
export function isCaption(words: string, symbol: ':' | '=', place: CaptionPlace): boolean {
  if (EXPRESSION_CAPTIONS.has(words)) return true;
  if (symbol === ':') return ENGINE_CAPTIONS.has(words) || NODE_CAPTIONS.has(words);
  if (place === 'anywhere') return false;
  return ENGINE_CAPTIONS.has(words) || (place === 'node-line' && NODE_CAPTIONS.has(words));
}

/** Tells whether words are a phrase of plans that needs no value behind it. */
export function isPlanPhrase(words: string): boolean {
  return PHRASES.has(words);
}

/** Tells whether a number behind a caption is a count or an estimate, not a value. */
export function captionsCount(caption: string): boolean {
  return COUNTS.has(caption);
}

/** Tells whether comparisons behind a caption are between columns: engines put no values there without quotes. */
export function captionsColumns(caption: string): boolean {
  return caption === 'Condition' || caption === 'Conditions';
}

/** Tells whether a path or a URL is behind a caption. */
export function captionsLocation(caption: string): boolean {
  return LOCATIONS.has(caption);
}

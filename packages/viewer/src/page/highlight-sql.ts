type SqlTokenKind = 'keyword' | 'function' | 'name' | 'string' | 'number' | 'comment' | 'parameter' | 'symbol';

/** A part of a SQL text; `text` of all tokens together is the whole text. */
export interface SqlToken {
  readonly kind: SqlTokenKind | 'space';
  readonly text: string;
}

const KEYWORDS = new Set(
  `all alter analyze and anti any array as asc asof at between both by case cast check collate column copy create cross
  current current_date current_time current_timestamp database default delete desc describe distinct do drop else end
  escape except exclude exists explain extract false fetch filter first following for foreign from full glob group
  grouping having if ilike in index inner insert intersect interval into is join key last lateral left like limit
  materialized natural next not nothing null nulls of offset on only or order outer over partition pivot positional
  pragma preceding primary qualify range recursive references replace returning right rollup row rows sample schema
  select semi set sets show similar some struct table temp temporary then ties to trailing true try_cast unbounded union
  unique unnest unpivot update using values view when where window with within without`.split(/\s+/),
);

/** In the order in which they are tried; unclosed quotations and comments end with the text. */
const TOKENS = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<comment>--[^\n]*|/\*[^]*?(?:\*/|$))`,
    String.raw`(?<string>'(?:[^']|'')*(?:'|$)|\$(?<tag>\w*)\$[^]*?(?:\$\k<tag>\$|$))`,
    '(?<quoted>"(?:[^"]|"")*(?:"|$))',
    String.raw`(?<parameter>\?\d*|\$\w+)`,
    String.raw`(?<number>\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_]*)`,
    '(?<symbol>[^])',
  ].join('|'),
  'giu',
);

/** Splits SQL into tokens by how they look; it does not parse, and takes any text. */
export function highlightSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(TOKENS)) {
    const [text] = match;
    const groups = match.groups ?? {};
    if (groups.word !== undefined) {
      const isCall = /^\s*\(/.test(sql.slice(match.index + text.length, match.index + text.length + 8));
      const isKeyword = KEYWORDS.has(text.toLowerCase());
      tokens.push({ kind: isKeyword ? 'keyword' : isCall ? 'function' : 'name', text });
      continue;
    }
    const kind = (['space', 'comment', 'string', 'parameter', 'number'] as const).find(
      (name) => groups[name] !== undefined,
    );
    tokens.push({ kind: groups.quoted === undefined ? (kind ?? 'symbol') : 'name', text });
  }
  return tokens;
}

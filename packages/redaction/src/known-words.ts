const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Words that structure queries and expressions as engines display them; they stand between names, not for one. */
export const STRUCTURE_WORDS: ReadonlySet<string> = wordSet(`
  all and anti any as asc asof between by case cast collate cross current desc distinct else end escape except exclude
  exists false filter first following from full glob group groups having ilike in inner intersect into is isnull join
  lambda last left like limit not notnull null nulls of offset on or order outer over partition positional preceding
  qualify range recursive right row rows select semi similar some subquery then ties to true try_cast unbounded union
  unpivot using values when where window with within without zone`);

/** Words that may stand where a literal is expected: a literal follows them, or they say that there is none. */
export const VALUE_WORDS: ReadonlySet<string> = wordSet(`
  all any array case cast current_date current_time current_timestamp date default exists false interval map not null row
  some struct subquery time timestamp timestamptz true try_cast`);

/**
 * Words that say what a statement does. They are known whatever the dialect: what stands behind `SET` or `CREATE SECRET` is
 * hidden in the SQL of any engine.
 */
export const STATEMENT_WORDS: ReadonlySet<string> = wordSet(`
  analyse analyze attach copy create database execute explain export pragma prepare secret set table variable`);

/** Tells whether a word structures a query, written in lower case or in capitals; `And` in a title does not. */
export function isStructureWord(text: string): boolean {
  return STRUCTURE_FORMS.has(text);
}

const STRUCTURE_FORMS: ReadonlySet<string> = new Set(
  [...STRUCTURE_WORDS].flatMap((word) => [word, word.toUpperCase()]),
);

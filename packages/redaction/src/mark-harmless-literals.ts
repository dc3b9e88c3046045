import {
  hasTrait,
  isSymbol,
  isWord,
  retyped,
  solidBefore,
  solidFrom,
  type Token,
  type TokenList,
  TRAIT,
} from './token.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const MAP = words('map');
const ROW_COUNTS = words('limit offset');
const EXTRACT_FROM = words('from');

/** Functions whose first argument says which part of a date is meant. */
const PART_FUNCTIONS = words(
  'date_trunc datetrunc date_part datepart date_diff datediff date_sub datesub date_add extract',
);
const DATE_PARTS =
  words(`century centuries day days dayofmonth dayofweek dayofyear decade decades dow doy epoch epoch_ms epoch_ns
  epoch_us era hour hours isodow isoyear julian microsecond microseconds millennia millennium millisecond milliseconds minute
  minutes month months quarter quarters second seconds timezone timezone_hour timezone_minute week weekday weekofyear weeks
  year years yearweek`);

const STRUCT_KEY = /^'[\p{L}_][\p{L}\p{M}\p{N}_]{0,62}'$/u;

/** Tells whether a name may be shown as the key of a struct. */
export type KeyTest = (name: string) => boolean;

/** The test for names that a text also has without quotes: as a quoted key, such a name shows nothing new. */
export function namesWritten(tokens: TokenList): KeyTest {
  if (!tokens.some((token) => isSymbol(token, '{'))) return () => false;
  const names = new Set<string>();
  for (const { kind, text } of tokens) {
    if (kind === 'word') names.add(text.toLowerCase());
    else if (kind === 'quoted-identifier') names.add(text.slice(1, -1).toLowerCase());
  }
  return (name) => names.has(name.toLowerCase());
}

/**
 * Keeps literals that are part of the query and not data: the number of a LIMIT or an OFFSET, the part of a date that
 * `date_trunc('month', …)` names, and the keys of structs that are known names. Keys of a MAP are data.
 * @param isKey Which keys are kept; by default none.
 */
export function markHarmlessLiterals(tokens: TokenList, isKey: KeyTest = () => false): TokenList {
  /** For each open bracket, whether it holds a struct. */
  const structs: boolean[] = [];
  return tokens.map((token, index) => {
    if (hasTrait(token, TRAIT.opens))
      structs.push(isSymbol(token, '{') && !isWord(tokens[solidBefore(tokens, index)], MAP));
    else if (hasTrait(token, TRAIT.closes)) structs.pop();
    const isHarmless =
      token.kind === 'number'
        ? /^\d{1,12}$/.test(token.text) && isWord(tokens[solidBefore(tokens, index)], ROW_COUNTS)
        : token.kind === 'string' &&
          (isDatePart(tokens, index) ||
            (structs.at(-1) === true && isStructKey(tokens, index) && isKey(token.text.slice(1, -1))));
    return isHarmless ? retyped('label', token) : token;
  });
}

function isStructKey(tokens: TokenList, index: number): boolean {
  const before = tokens[solidBefore(tokens, index)];
  return (
    (isSymbol(before, '{') || isSymbol(before, ',')) &&
    isSymbol(tokens[solidFrom(tokens, index + 1)], ':') &&
    STRUCT_KEY.test((tokens[index] as Token).text)
  );
}

function isDatePart(tokens: TokenList, index: number): boolean {
  const { text } = tokens[index] as Token;
  if (!text.startsWith("'") || !DATE_PARTS.has(text.slice(1, -1).toLowerCase())) return false;
  const next = tokens[solidFrom(tokens, index + 1)];
  if (!isSymbol(next, ',') && !isWord(next, EXTRACT_FROM)) return false;
  const open = solidBefore(tokens, index);
  const name = tokens[solidBefore(tokens, open)];
  return isSymbol(tokens[open], '(') && name?.kind === 'word' && PART_FUNCTIONS.has(name.text.toLowerCase());
}

const BOOLEANS: ReadonlySet<string> = new Set(['true', 'false']);

/** Makes `true` and `false` values, like any other literal; a part of a qualified name is kept. */
export function markBooleans(tokens: TokenList): TokenList {
  return tokens.map((token: Token, index) =>
    isWord(token, BOOLEANS) && !isSymbol(tokens[solidBefore(tokens, index)], '.') ? retyped('value', token) : token,
  );
}

const SIZED: ReadonlySet<string> = new Set(['decimal', 'numeric']);
const AS: ReadonlySet<string> = new Set(['as']);

/** Keeps the width and scale of a decimal type where a cast names it: they belong to the type, not to the data. */
export function markTypeSizes(tokens: TokenList): TokenList {
  if (!tokens.some((token) => isWord(token, SIZED))) return tokens;
  const marked: Token[] = [...tokens];
  tokens.forEach((token, index) => {
    if (!isWord(token, SIZED) || !isSymbol(tokens[index + 1], '(')) return;
    const before = tokens[solidBefore(tokens, index)];
    if (!isWord(before, AS) && !isSymbol(before, '::')) return;
    for (const position of [index + 2, index + 4]) {
      const size = tokens[position];
      const isLast = isSymbol(tokens[position + 1], ')');
      if (size?.kind !== 'number' || !/^\d{1,2}$/.test(size.text)) return;
      if (!isLast && !isSymbol(tokens[position + 1], ',')) return;
      marked[position] = retyped('label', size);
      if (isLast) return;
    }
  });
  return marked;
}

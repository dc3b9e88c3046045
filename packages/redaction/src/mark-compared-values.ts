import { captionsColumns } from './captions.ts';
import type { KnownName, NameRules } from './mark-unknown-names.ts';
import {
  hasTrait,
  isSymbol,
  isWord,
  joined,
  retyped,
  solidBefore,
  type Token,
  type TokenList,
  TRAIT,
} from './token.ts';
import { closingBracket, nextOnLine, valueEnd } from './value-extent.ts';

const LISTS: ReadonlySet<string> = new Set(['in']);
const INTRODUCTIONS: ReadonlySet<string> = new Set([
  'between',
  'like',
  'ilike',
  'glob',
  'then',
  'else',
  'escape',
  'from',
]);
const FROM: ReadonlySet<string> = new Set(['from']);
const DISTINCT: ReadonlySet<string> = new Set(['distinct']);
const TESTS: ReadonlySet<string> = new Set(['is', 'in', 'not', 'like', 'ilike', 'between']);
const CONJUNCTIONS: ReadonlySet<string> = new Set(['and', 'or']);
const OPERAND_STARTS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'when',
  'where',
  'on',
  'having',
  'case',
  'filter',
]);

/**
 * Marks as data the bare words on the right of a comparison (`origin=SEA`, `name IN (Bob, Carl)`, `THEN old`), which
 * engines display without quotes. Names on the left, and names that the caller knows, are columns.
 * @param rules Which names and functions are known.
 * @param startsAmongColumns Whether the first line compares columns with columns, as behind the caption of a join's conditions.
 */
export function markComparedValues(tokens: TokenList, rules: NameRules, startsAmongColumns = false): TokenList {
  const known = { ...rules, isKnown: knownColumns(tokens, rules.isKnown) };
  let comparesColumns = startsAmongColumns;
  const marked: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index] as Token;
    const introduces = introducesValue(tokens, index);
    if (token.kind === 'label') comparesColumns = captionsColumns(token.text);
    else if (hasTrait(token, TRAIT.breaksLine)) comparesColumns = false;
    marked.push(token);
    index += 1;
    if (introduces === undefined) continue;
    const isSpaced = tokens[index]?.kind === 'space';
    if (comparesColumns && isSpaced && tokens[index + 1]?.kind === 'word') continue;
    if (isSpaced && joinsColumns(tokens, index)) continue;
    if (isSpaced) {
      marked.push(tokens[index] as Token);
      index += 1;
    }
    if (startsList(tokens[index], introduces)) {
      const close = closingBracket(tokens, index);
      for (; index < close; index += 1) marked.push(listValue(tokens, index, known));
    } else if (isBareValue(tokens, index, known)) {
      const end = valueEnd(tokens, index);
      marked.push(joined('value', tokens, index, end));
      index = end;
    }
  }
  return marked;
}

function introducesValue(tokens: TokenList, index: number): 'value' | 'list' | undefined {
  const token = tokens[index] as Token;
  if (token.kind === 'operator') {
    return hasTrait(token, TRAIT.compares) && !isCaptionSign(tokens, index) ? 'value' : undefined;
  }
  if (isWord(token, LISTS)) return 'list';
  if (!isWord(token, INTRODUCTIONS)) return undefined;
  return isWord(token, FROM) && !isWord(tokens[solidBefore(tokens, index)], DISTINCT) ? undefined : 'value';
}

function startsList(token: Token | undefined, introduces: 'value' | 'list'): boolean {
  return isSymbol(token, '[') || isSymbol(token, '{') || (introduces === 'list' && isSymbol(token, '('));
}

/** Tells whether an equals sign belongs to a caption. */
function isCaptionSign(tokens: TokenList, index: number): boolean {
  return tokens[solidBefore(tokens, index)]?.kind === 'label';
}

function isBareValue(tokens: TokenList, index: number, { isKnown, vocabulary }: NameRules): boolean {
  const token = tokens[index];
  if (token?.kind === 'number' || token?.kind === 'url') return true;
  if (token?.kind !== 'word' || hasTrait(token, TRAIT.valueWord) || isKnown(token.text)) return false;
  return !(isSymbol(tokens[index + 1], '(') && vocabulary.isFunction(token.text));
}

/**
 * Whether a comparison is between two columns with their tables, as in `p.age = q.age`: engines put a space there, and put a
 * value behind one in quotes.
 * @param space The position of the space behind the operator.
 */
function joinsColumns(tokens: TokenList, space: number): boolean {
  const left = solidBefore(tokens, space - 1);
  const end = space + 4;
  if (!isQualified(tokens, left - 2) || !isQualified(tokens, space + 1)) return false;
  const next =
    tokens[end]?.kind === 'space' && !hasTrait(tokens[end], TRAIT.breaksLine) ? tokens[end + 1] : tokens[end];
  return (
    next === undefined ||
    hasTrait(next, TRAIT.breaksLine | TRAIT.closes) ||
    isSymbol(next, ',') ||
    isWord(next, CONJUNCTIONS)
  );
}

function isQualified(tokens: TokenList, start: number): boolean {
  const [table, dot, column] = [tokens[start], tokens[start + 1], tokens[start + 2]];
  return table?.kind === 'word' && isSymbol(dot, '.') && column?.kind === 'word';
}

/** The names on the left of a comparison, where no value can be. */
function knownColumns(tokens: TokenList, isKnown: KnownName): KnownName {
  const columns = new Set<string>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (token.kind !== 'word') continue;
    const next = nextOnLine(tokens, index);
    const isCompared = hasTrait(next, TRAIT.compares) || isWord(next, TESTS);
    if (isCompared && opensOperand(tokens, index)) columns.add(token.text.toLowerCase());
  }
  return (word) => columns.has(word.toLowerCase()) || isKnown(word);
}

function opensOperand(tokens: TokenList, index: number): boolean {
  if (index === 0 || hasTrait(tokens[index - 1], TRAIT.breaksLine)) return true;
  const position = solidBefore(tokens, index);
  const before = tokens[position];
  if (before === undefined || before.kind === 'label') return true;
  if (before.kind === 'word') return isWord(before, OPERAND_STARTS);
  if (isSymbol(before, '=')) return isCaptionSign(tokens, position);
  return ['(', '.', ',', '[', ':'].some((symbol) => isSymbol(before, symbol));
}

/** In a list, each word that is not syntax is a value. */
function listValue(tokens: TokenList, index: number, known: NameRules): Token {
  const token = tokens[index] as Token;
  const isSyntax = hasTrait(token, TRAIT.structure | TRAIT.capitalType);
  return !isSyntax && isBareValue(tokens, index, known) ? retyped('value', token) : token;
}

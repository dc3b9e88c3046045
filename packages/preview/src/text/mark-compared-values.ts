import { captionsColumns } from './captions.ts';
import { isFunctionName, isStructureWord, isTypeWord, isValueWord } from './known-words.ts';
import type { KnownName } from './mark-unknown-names.ts';
import type { Token } from './scan-tokens.ts';
import { isSymbol, isWord, joined, solidBefore, solidFrom, type TokenList } from './token-list.ts';
import { closingBracket, nextOnLine, valueEnd } from './value-extent.ts';

/**
 * Takes for data the bare words on the right of a comparison (`origin=SEA`, `name IN (Bob, Carl)`, `THEN old`), which
 * engines display without quotes. Names that stand on the left of one, and those the caller knows, are columns.
 * @param startsAmongColumns Whether the first line compares columns with columns, as behind the caption of a join's conditions.
 */
export function markComparedValues(tokens: TokenList, isKnown: KnownName, startsAmongColumns = false): TokenList {
  const isColumn = knownColumns(tokens, isKnown);
  let comparesColumns = startsAmongColumns;
  const marked: Token[] = [];
  let index = 0;
  const take = (end: number, kind?: 'value'): void => {
    const taken = tokens.slice(index, end);
    if (kind) marked.push(joined(kind, taken));
    else marked.push(...taken);
    index = end;
  };
  while (index < tokens.length) {
    const introduces = introducesValue(tokens, index);
    const token = tokens[index];
    if (token?.kind === 'label') comparesColumns = captionsColumns(token.text);
    else if (token?.text.includes('\n')) comparesColumns = false;
    take(index + 1);
    const isSpacedWord = tokens[index]?.kind === 'space' && tokens[index + 1]?.kind === 'word';
    if (!introduces || (comparesColumns && isSpacedWord)) continue;
    take(solidFrom(tokens, index));
    if (isSymbol(tokens[index], '[', '{') || (introduces === 'list' && isSymbol(tokens[index], '('))) {
      const close = closingBracket(tokens, index);
      for (const token of listValues(tokens.slice(index, close), isColumn)) marked.push(token);
      index = close;
    } else if (isBareValue(tokens, index, isColumn)) {
      take(valueEnd(tokens, index), 'value');
    }
  }
  return marked;
}

function introducesValue(tokens: TokenList, index: number): 'value' | 'list' | undefined {
  const token = tokens[index];
  if (isWord(token, 'in')) return 'list';
  if (isWord(token, 'between', 'like', 'ilike', 'glob', 'then', 'else', 'escape')) return 'value';
  if (isWord(token, 'from')) return isWord(tokens[solidBefore(tokens, index)], 'distinct') ? 'value' : undefined;
  return isComparison(token) && !isCaptionSign(tokens, index) ? 'value' : undefined;
}

function isComparison(token: Token | undefined): boolean {
  return token?.kind === 'operator' && /[=<>~]/.test(token.text) && !/^(=>|-+>+|<-+)$/.test(token.text);
}

/** Tells whether an equals sign belongs to a caption. */
function isCaptionSign(tokens: TokenList, index: number): boolean {
  return tokens[solidBefore(tokens, index)]?.kind === 'label';
}

function isBareValue(tokens: TokenList, index: number, isColumn: KnownName): boolean {
  const token = tokens[index];
  if (token?.kind === 'number' || token?.kind === 'url') return true;
  if (token?.kind !== 'word' || isValueWord(token.text) || isColumn(token.text)) return false;
  return !(isSymbol(tokens[index + 1], '(') && isFunctionName(token.text));
}

/** The names on the left of a comparison, where no value can stand. */
function knownColumns(tokens: TokenList, isKnown: KnownName): KnownName {
  const columns = new Set<string>();
  tokens.forEach((token, index) => {
    const next = nextOnLine(tokens, index);
    const isCompared = isComparison(next) || isWord(next, 'is', 'in', 'not', 'like', 'ilike', 'between');
    if (token.kind === 'word' && isCompared && opensOperand(tokens, index)) columns.add(token.text.toLowerCase());
  });
  return (word) => columns.has(word.toLowerCase()) || isKnown(word);
}

function opensOperand(tokens: TokenList, index: number): boolean {
  if (index === 0 || tokens[index - 1]?.text.includes('\n')) return true;
  const before = tokens[solidBefore(tokens, index)];
  if (before === undefined || before.kind === 'label' || isSymbol(before, '(', '.', ',', '[', ':')) return true;
  if (isSymbol(before, '=')) return isCaptionSign(tokens, solidBefore(tokens, index));
  return isWord(before, 'and', 'or', 'not', 'when', 'where', 'on', 'having', 'case', 'filter');
}

function listValues(tokens: TokenList, isColumn: KnownName): TokenList {
  return tokens.map((token, index) => {
    const isSyntax = isStructureWord(token.text) || (isTypeWord(token.text) && token.text === token.text.toUpperCase());
    return isBareValue(tokens, index, isColumn) && !isSyntax ? { kind: 'value', text: token.text } : token;
  });
}

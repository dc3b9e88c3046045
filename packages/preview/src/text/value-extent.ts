import type { Token } from './scan-tokens.ts';
import { isSymbol, isWord, solidFrom, type TokenList } from './token-list.ts';

/** Where a bare value that starts at `start` ends: it may hold spaces, commas and words such as `AND`. */
export function valueEnd(tokens: TokenList, start: number): number {
  const spaced = tokens[start]?.kind !== 'number';
  let depth = 0;
  let end = start + 1;
  while (end < tokens.length) {
    const token = tokens[end];
    if (isSymbol(token, '(', '[', '{')) depth += 1;
    else if (isSymbol(token, ')', ']', '}')) depth -= 1;
    if (depth < 0 || isSymbol(token, '::', ';') || token?.text.includes('\n')) break;
    if (!spaced && (token?.kind === 'space' || isSymbol(token, ','))) break;
    if (isSymbol(token, ',') && startsCondition(tokens, solidFrom(tokens, end + 1))) break;
    if (token?.kind === 'space' && endsBeforeWord(tokens, end + 1)) break;
    end += 1;
  }
  return end;
}

/** Where the group ends that the bracket at `open` begins; the end of the list when nothing closes it. */
export function closingBracket(tokens: TokenList, open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (isSymbol(tokens[index], '(', '[', '{')) depth += 1;
    if (isSymbol(tokens[index], ')', ']', '}')) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return tokens.length;
}

/** The token after `index` that is no space, on the same line. */
export function nextOnLine(tokens: TokenList, index: number): Token | undefined {
  const next = tokens[index + 1];
  if (next?.kind !== 'space') return next;
  return next.text.includes('\n') ? undefined : tokens[index + 2];
}

/** Tells whether a comparison, a test or a caption starts at `index`. */
function startsCondition(tokens: TokenList, index: number): boolean {
  const token = tokens[index];
  if (token?.kind === 'position' || token?.kind === 'label' || isSymbol(token, '(') || isWord(token, 'not', 'case')) {
    return true;
  }
  if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier') return false;
  const next = nextOnLine(tokens, index);
  if (isSymbol(next, '(', '.', ':')) return true;
  if (next?.kind === 'operator') return /[=<>~]/.test(next.text);
  return isWord(next, 'in', 'is', 'not', 'like', 'ilike', 'between', 'glob');
}

function endsBeforeWord(tokens: TokenList, index: number): boolean {
  if (isWord(tokens[index], 'and', 'or')) return startsCondition(tokens, solidFrom(tokens, index + 1));
  return isWord(tokens[index], 'then', 'else', 'end', 'when');
}

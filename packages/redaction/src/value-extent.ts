import { hasTrait, isSymbol, isWord, solidFrom, type Token, type TokenList, TRAIT } from './token.ts';

const CONJUNCTIONS: ReadonlySet<string> = new Set(['and', 'or']);
const BRANCHES: ReadonlySet<string> = new Set(['then', 'else', 'end', 'when']);
const CONDITION_STARTS: ReadonlySet<string> = new Set(['not', 'case']);
const TESTS: ReadonlySet<string> = new Set(['in', 'is', 'not', 'like', 'ilike', 'between', 'glob']);

/** Where a bare value that starts at `start` ends: it may hold spaces, commas and words such as `AND`. */
export function valueEnd(tokens: TokenList, start: number): number {
  const isNumber = tokens[start]?.kind === 'number';
  let depth = 0;
  let end = start + 1;
  for (; end < tokens.length; end += 1) {
    const token = tokens[end] as Token;
    if (hasTrait(token, TRAIT.breaksLine)) break;
    if (token.kind === 'space') {
      if (isNumber || endsBeforeWord(tokens, end + 1)) break;
    } else if (token.kind === 'punctuation') {
      if (hasTrait(token, TRAIT.opens)) depth += 1;
      else if (hasTrait(token, TRAIT.closes)) depth -= 1;
      if (depth < 0 || token.text === '::' || token.text === ';') break;
      if (token.text === ',' && (isNumber || startsCondition(tokens, solidFrom(tokens, end + 1)))) break;
    }
  }
  return end;
}

/** The end of the bracketed group at `open`; the end of the list if it is unclosed. */
export function closingBracket(tokens: TokenList, open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (hasTrait(tokens[index], TRAIT.opens)) depth += 1;
    if (hasTrait(tokens[index], TRAIT.closes)) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return tokens.length;
}

/** The next token after `index` on the same line that is not a space. */
export function nextOnLine(tokens: TokenList, index: number): Token | undefined {
  const next = tokens[index + 1];
  if (next?.kind !== 'space') return next;
  return hasTrait(next, TRAIT.breaksLine) ? undefined : tokens[index + 2];
}

/** Tells whether a comparison, a test or a caption starts at `index`. */
function startsCondition(tokens: TokenList, index: number): boolean {
  const token = tokens[index];
  if (token?.kind === 'position' || token?.kind === 'label') return true;
  if (isSymbol(token, '(') || isWord(token, CONDITION_STARTS)) return true;
  if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier') return false;
  const next = nextOnLine(tokens, index);
  if (isSymbol(next, '(') || isSymbol(next, '.') || isSymbol(next, ':')) return true;
  if (next?.kind === 'operator') return /[=<>~]/.test(next.text);
  return isWord(next, TESTS);
}

function endsBeforeWord(tokens: TokenList, index: number): boolean {
  if (isWord(tokens[index], CONJUNCTIONS)) return startsCondition(tokens, solidFrom(tokens, index + 1));
  return isWord(tokens[index], BRANCHES);
}

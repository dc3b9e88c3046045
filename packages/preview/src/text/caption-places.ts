import type { CaptionPlace } from './captions.ts';
import { isStructureWord } from './known-words.ts';
import { isSymbol, solidBefore, type TokenList } from './token-list.ts';

/**
 * Says for each token which captions may start there. Only outside of brackets and expressions, and only in a line that
 * starts with the name of a node and a colon, does an equals sign belong to a caption.
 */
export function captionPlaces(tokens: TokenList): CaptionPlace[] {
  let line: CaptionPlace = 'anywhere';
  let depth = 0;
  return tokens.map((token, index) => {
    if (index === 0 || tokens[index - 1]?.text.includes('\n')) {
      line = lineStartingAt(tokens, index);
      depth = 0;
    }
    if (isSymbol(token, '(', '[', '{')) depth += 1;
    if (isSymbol(token, ')', ']', '}')) depth -= 1;
    return depth === 0 && !continuesExpression(tokens, index) ? line : 'anywhere';
  });
}

function lineStartingAt(tokens: TokenList, start: number): CaptionPlace {
  let index = start;
  while (tokens[index]?.kind === 'space' || /^[\u2500-\u257f]/.test(tokens[index]?.text ?? '')) index += 1;
  const head = tokens[index];
  if (head?.kind !== 'word' || !isSymbol(tokens[index + 1], ':')) return 'anywhere';
  if (/^[A-Z][A-Z0-9_]*$/.test(head.text)) return 'engine-line';
  return /^[A-Z]\w*$/.test(head.text) ? 'node-line' : 'anywhere';
}

function continuesExpression(tokens: TokenList, index: number): boolean {
  const before = tokens[solidBefore(tokens, index)];
  return (
    before?.kind === 'operator' || isSymbol(before, '.') || (before?.kind === 'word' && isStructureWord(before.text))
  );
}

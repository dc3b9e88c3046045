import type { CaptionPlace } from './captions.ts';
import { hasTrait, isSymbol, TRAIT } from './token.ts';
import { solidBefore, type TokenList } from './token-list.ts';

/**
 * Says for each token which captions may start there. Only outside of brackets and expressions, and only in a line that
 * starts with the name of a node and a colon, does an equals sign belong to a caption.
 */
export function captionPlaces(tokens: TokenList): CaptionPlace[] {
  let line: CaptionPlace = 'anywhere';
  let depth = 0;
  return tokens.map((token, index) => {
    if (index === 0 || hasTrait(tokens[index - 1], TRAIT.breaksLine)) {
      line = lineStartingAt(tokens, index);
      depth = 0;
    }
    if (hasTrait(token, TRAIT.opens)) depth += 1;
    else if (hasTrait(token, TRAIT.closes)) depth -= 1;
    return line === 'anywhere' || depth !== 0 || continuesExpression(tokens, index) ? 'anywhere' : line;
  });
}

function lineStartingAt(tokens: TokenList, start: number): CaptionPlace {
  let index = start;
  while (isDecoration(tokens, index)) index += 1;
  const head = tokens[index];
  if (head?.kind !== 'word' || !isSymbol(tokens[index + 1], ':')) return 'anywhere';
  if (/^[A-Z][A-Z0-9_]*$/.test(head.text)) return 'engine-line';
  return /^[A-Z]\w*$/.test(head.text) ? 'node-line' : 'anywhere';
}

/** Whether a space or a part of a drawn tree stands somewhere, on the same line. */
function isDecoration(tokens: TokenList, index: number): boolean {
  const token = tokens[index];
  if (token === undefined || hasTrait(token, TRAIT.breaksLine)) return false;
  const code = token.text.charCodeAt(0);
  return token.kind === 'space' || (code >= 0x2500 && code <= 0x257f);
}

function continuesExpression(tokens: TokenList, index: number): boolean {
  const before = tokens[solidBefore(tokens, index)];
  if (before === undefined) return false;
  return before.kind === 'operator' || hasTrait(before, TRAIT.structure) || isSymbol(before, '.');
}

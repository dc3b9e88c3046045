import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns of a terminal that a text takes; wide characters take two, combining ones none. */
export function textWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/**
 * Breaks a text into lines, never inside a character as readers see it.
 * @param width Columns of a terminal that a line may take, 1 at least.
 * @param maxLines Lines to keep; the last one ends with `…` when there are more. 0 means no limit.
 */
export function wrapText(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const character of charactersOf(text)) {
    const needed = textWidth(character);
    // Replaces a wide character that fits into no line.
    const [shown, size] = needed > width ? ['…', 1] : [character, needed];
    if (used + size > width) {
      if (lines.length + 1 === maxLines) return [...lines, withEllipsis(line, width)];
      lines.push(line);
      line = '';
      used = 0;
    }
    line += shown;
    used += size;
  }
  return [...lines, line];
}

function charactersOf(text: string): Iterable<string> {
  if (PRINTABLE_ASCII.test(text)) return text;
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function withEllipsis(line: string, width: number): string {
  const characters = [...charactersOf(line)];
  while (textWidth(characters.join('')) + 1 > width && characters.length > 0) characters.pop();
  return `${characters.join('')}…`;
}

import stringWidth from 'string-width';

/** Cuts each line to a width in columns of a terminal. Lines with escape sequences are left as they are. */
export function clipLines(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => (line.includes('\u001b') ? line : clipLine(line, columns)))
    .join('\n');
}

/** Cuts a line without escape sequences to a width in columns of a terminal. */
export function clipLine(line: string, columns: number | undefined): string {
  if (columns === undefined || stringWidth(line) <= columns) return line;
  let kept = '';
  let width = 1;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    width += stringWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks a text between words, indented by two columns. A word that is wider than the terminal keeps its line. */
export function wrapIndented(text: string, columns: number | undefined): string {
  return wrapLine(`  ${text}`, columns, 2);
}

/** Breaks each line between words; a line goes on below its first word. Commands to copy, after `  $ `, are not broken. */
export function wrapLines(text: string, columns: number | undefined): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('  $ ') ? line : wrapLine(line, columns, line.search(/\S|$/))))
    .join('\n');
}

/**
 * Breaks a line between words. A word that is wider than the terminal keeps its line.
 *
 * @param indent spaces before all lines but the first
 */
export function wrapLine(line: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || stringWidth(line) <= columns) return line;
  const lines: string[] = [];
  const start = line.search(/\S|$/);
  let [current, width] = [line.slice(0, start), start];
  let isEmpty = true;
  for (const part of line.slice(start).split(/(?<= )(?=\S)/)) {
    const word = part.trimEnd();
    if (!isEmpty && width + stringWidth(word) > columns) {
      lines.push(current.trimEnd());
      [current, width] = [' '.repeat(indent), indent];
    }
    current += part;
    width += stringWidth(part);
    isEmpty = false;
  }
  return [...lines, current.trimEnd()].join('\n');
}

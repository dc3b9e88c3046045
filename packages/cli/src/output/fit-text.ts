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
  if (columns === undefined) return `  ${text}`;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) + 2 > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => `  ${each}`).join('\n');
}

import { truncateText } from '@planscope/redaction';
import type { PreviewBounds } from '../preview-options.ts';
import { layoutColumns } from './layout-columns.ts';
import { textWidth, wrapText } from './wrap-text.ts';

/** Content of a table; all texts are already escaped. */
export interface TableContent {
  readonly columns: readonly TableColumn[];
  /** One text for each column. */
  readonly rows: readonly (readonly string[])[];
  /** Number of columns that are not in `columns`. */
  readonly omittedColumns: number;
}

/** The head of a column. */
export interface TableColumn {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/** A table as text, and the number of rows in it. */
export interface RenderedTable {
  readonly text: string;
  readonly rows: number;
}

/** Draws a table within its bounds; a line below counts what did not fit. */
export function renderTable(content: TableContent, bounds: PreviewBounds): RenderedTable {
  const { columns, rows } = content;
  const natural = columns.map(({ name }, column) =>
    Math.max(1, textWidth(name), ...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const widths = layoutColumns(natural, bounds.maxWidth, bounds.minCompactedColumnWidth);
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const drawRow = (cells: readonly string[]): string[] => drawLines(cells, columns, widths, bounds.maxRowHeight);
  const omitted = content.omittedColumns + columns.length - widths.length;
  const head = [border, ...drawRow(columns.map(({ name }) => name)), border];
  const drawn = rows.map(drawRow);
  const isTall = drawn.some((lines) => lines.length > 1);
  const blocks = drawn.map((lines, index) => (isTall && index > 0 ? [border, ...lines] : lines));
  const finish = (shown: number): string => {
    const notes = [note(omitted, 'column'), note(rows.length - shown, 'row')].filter((text) => text !== '');
    const wrapped = notes.flatMap((text) => (bounds.maxWidth > 0 ? wrapText(text, bounds.maxWidth, 0) : [text]));
    return [...head, ...blocks.slice(0, shown).flat(), border, ...wrapped].join('\n');
  };
  return fitBytes(finish, rows.length, bounds.maxBytes);
}

/** The table with as many rows as fit into the bytes. */
function fitBytes(finish: (rows: number) => string, rows: number, maxBytes: number): RenderedTable {
  const fits = (shown: number): boolean => maxBytes === 0 || Buffer.byteLength(finish(shown)) <= maxBytes;
  if (fits(rows)) return { text: finish(rows), rows };
  let low = 0;
  let high = rows - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return { text: truncateText(finish(low), maxBytes), rows: low };
}

function drawLines(
  cells: readonly string[],
  columns: readonly TableColumn[],
  widths: readonly number[],
  maxLines: number,
): string[] {
  const wrapped = widths.map((width, column) => wrapText(cells[column] ?? '', width, maxLines));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = widths.map((width, column) => pad(wrapped[column]?.[line] ?? '', width, columns[column]?.align));
    return `| ${parts.join(' | ')} |`;
  });
}

function pad(text: string, width: number, align: TableColumn['align'] = 'left'): string {
  const spaces = ' '.repeat(Math.max(width - textWidth(text), 0));
  return align === 'right' ? spaces + text : text + spaces;
}

function note(count: number, what: string): string {
  return count === 0 ? '' : `${count} more ${what}${count === 1 ? '' : 's'} not shown`;
}

import { printableLine } from '@planscope/internal/printable-text';
import { count } from '@planscope/internal/quantity';
import Table from 'cli-table3';
import type { QueryRows } from '../query/traced-queries.ts';
import { clipLine } from './fit-text.ts';
import type { Terminal } from './terminal.ts';

/** Longest text of a cell, in characters. */
const MAX_CELL = 60;

/** What is left of longer cells in a narrow terminal, before columns are left out. */
const LEAST_CELL = 12;

/** The first rows of a result as a table, and how many there are. In a narrow terminal, texts are cut and the last columns left out. */
export function renderTable(result: QueryRows, { colors, columns }: Terminal): string {
  const { rows, rowCount } = result;
  const shown = rows.length < rowCount ? `the first ${rows.length} of ${count(rowCount)} rows` : rowsText(rowCount);
  let [kept, longest] = [result.columns.length, MAX_CELL];
  let table = tableOf(result, kept, longest, colors);
  while (columns !== undefined && widthOf(table) > columns && (longest > LEAST_CELL || kept > 1)) {
    if (longest > LEAST_CELL) longest = Math.max(LEAST_CELL, longest - 8);
    else kept -= 1;
    table = tableOf(result, kept, longest, colors);
  }
  const left = result.columns.length - kept;
  const more = left === 0 ? '' : `, ${left} more ${left === 1 ? 'column' : 'columns'}`;
  return `${table}\n${colors.dim(shown + more)}`;
}

/** The border above the table has no colours and no wide characters. */
function widthOf(table: string): number {
  return table.indexOf('\n');
}

/**
 * @param kept number of columns
 * @param longest characters of a cell
 */
function tableOf({ columns, rows }: QueryRows, kept: number, longest: number, colors: Terminal['colors']): string {
  const shown = columns.slice(0, kept);
  const isNumeric = shown.map(({ type }) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !/[[(]\D/.test(type));
  const head = (text: string): string => clipLine(printableLine(text), longest);
  const table = new Table({
    head: shown.map(({ name, type }) => `${colors.bold(head(name))}\n${colors.dim(head(type))}`),
    colAligns: isNumeric.map((numeric) => (numeric ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  const cell = (value: unknown): string => (value === null ? colors.dim('NULL') : cellText(value, longest));
  table.push(...rows.map((row) => row.slice(0, kept).map(cell)));
  return table.toString();
}

function cellText(value: unknown, longest: number): string {
  return clipLine(printableLine(typeof value === 'string' ? value : JSON.stringify(value)), longest);
}

function rowsText(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`;
}

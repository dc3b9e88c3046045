import { printableLine } from '@planscope/internal/printable-text';
import { count } from '@planscope/internal/quantity';
import Table from 'cli-table3';
import type { QueryRows } from '../query/traced-queries.ts';
import type { Terminal } from './terminal.ts';

/** Longest text of a cell, in characters. */
const MAX_CELL = 60;

/** The first rows of a result as a table, and how many there are. */
export function renderTable({ columns, rows, rowCount }: QueryRows, { colors }: Terminal): string {
  const isNumeric = columns.map(({ type }) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !/[[(]\D/.test(type));
  const table = new Table({
    head: columns.map(({ name, type }) => `${colors.bold(printableLine(name))}\n${colors.dim(printableLine(type))}`),
    colAligns: isNumeric.map((numeric) => (numeric ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map((value) => (value === null ? colors.dim('NULL') : cell(value)))));
  const shown = rows.length < rowCount ? `the first ${rows.length} of ${count(rowCount)} rows` : rowsText(rowCount);
  return `${table.toString()}\n${colors.dim(shown)}`;
}

function cell(value: unknown): string {
  const text = printableLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}

function rowsText(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`;
}

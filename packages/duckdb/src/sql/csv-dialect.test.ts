import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findDialect } from './csv-dialect.ts';
import type { FileBinding } from './input-binding.ts';
import { quoteString, renderFileOptions } from './quote.ts';

let folder: string;
let path: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-dialect-'));
  path = join(folder, 'file.csv');
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
});

afterAll(async () => {
  connection.disconnectSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

const file = (parts: Partial<FileBinding> = {}): FileBinding => ({
  name: 'file',
  format: 'csv',
  paths: [path],
  ...parts,
});

it('finds the delimiter, the quote and the columns', async () => {
  await writeFile(path, `id;name\n1;'a;b'\n2;'c''d'\n3;e\n`);
  expect(await findDialect(connection, file())).toEqual({
    options: { delim: ';', quote: "'", escape: "'" },
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
    ],
  });
});

it.each([
  ['of several files', { paths: ['a.csv', 'b.csv'] }],
  ['of a pattern', { paths: ['*.csv'] }],
  ['of a path with a column in it', { paths: ['/year=2024/a.csv'] }],
  ['of an input with options', { options: { header: false } }],
  ['of another format', { format: 'json' }],
  ['of a missing file', { paths: ['/nowhere.csv'] }],
] as const)('is not found %s', async (_, parts) => {
  expect(await findDialect(connection, file(parts))).toBeUndefined();
});

async function read(options: string): Promise<unknown> {
  const sql = `FROM read_csv(${quoteString(path)}${options})`;
  try {
    const reader = await connection.runAndReadAll(sql);
    return [reader.columnNames(), reader.columnTypes().map(String), reader.getRowsJson()];
  } catch (error) {
    // The other lines list the options and whether DuckDB detected them.
    return (error as Error).message.split('\n')[0];
  }
}

const value = fc.oneof(
  fc.integer({ min: -999, max: 9999 }).map(String),
  fc.constantFrom(
    '',
    'NULL',
    '1.5',
    'true',
    '2024-01-02',
    '01/02/2024',
    '10:11:12',
    '2024-01-02 10:11:12',
    'x y',
    '# no',
    'é',
  ),
);
const quoted = fc.constantFrom('a;b', 'a,b', 'say ""hi""', `it''s`, 'line\nbreak', 'back\\slash', '');

/** CSV files as programs write them, including their defects. */
const csv = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '::'),
    quote: fc.constantFrom('"', "'"),
    end: fc.constantFrom('\n', '\r\n'),
    columns: fc.integer({ min: 1, max: 4 }),
    hasHeader: fc.boolean(),
    notes: fc.constantFrom('', '# a note', 'Report of 2024'),
    cells: fc.array(fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: quoted }), { maxLength: 60 }),
  })
  .map(({ delimiter, quote, end, columns, hasHeader, notes, cells }) => {
    const lines: string[] = notes === '' ? [] : [notes];
    if (hasHeader) lines.push(Array.from({ length: columns }, (_, index) => `column ${index}`).join(delimiter));
    const shown = (cell: string): string => (/[^\w.:/ #é-]/.test(cell) ? `${quote}${cell}${quote}` : cell);
    for (let at = 0; at < cells.length; at += columns) {
      lines.push(
        cells
          .slice(at, at + columns)
          .map(shown)
          .join(delimiter),
      );
    }
    return lines.join(end) + end;
  });

it.each([
  "# a note\ncolumn 0,column 1\n# no,'it''s'\n'line\nbreak',0\n",
  ',"a;b",\n2024-01-02,01/02/2024,0\n2024-01-02 10:11:12,,\n',
])('is not found if DuckDB would detect other columns with it: %j', async (text) => {
  await writeFile(path, text);
  expect(await findDialect(connection, file())).toBeUndefined();
});

it('does not change what DuckDB reads', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(csv, async (text) => {
      await writeFile(path, text);
      const dialect = await findDialect(connection, file());
      if (dialect === undefined) return;
      found += 1;
      const untold = await read('');
      expect(await read(`, ${renderFileOptions(dialect.options, ' = ').join(', ')}`)).toEqual(untold);
      const statement = await connection.prepare(`FROM read_csv(${quoteString(path)})`);
      const columns = dialect.columns.map((_, index) => ({
        name: statement.columnName(index),
        type: String(statement.columnType(index)),
      }));
      expect(dialect.columns).toEqual(columns);
      expect(statement.columnCount).toBe(columns.length);
      statement.destroySync();
    }),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(50);
});

import { expect, it } from 'vitest';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { reportIdentifiers } from './report-identifiers.ts';

function operator(type: string, projections: string[], children: ProfiledOperator[] = []): ProfiledOperator {
  const numbers = { rows: 0, time: 0, cumulativeTime: 0, resultSetSize: 0, rowsScanned: 0 };
  return { type, name: type, extraInfo: { Projections: projections }, children, ...numbers } as ProfiledOperator;
}

it('includes names from the query and from scanned columns, not from other projections', () => {
  const scan = operator('TABLE_SCAN', ['amount', '"when"', 'first name']);
  const pivoted = operator('PROJECTION', ['Oslo'], [operator('COLUMN_DATA_SCAN', ['Bergen']), scan]);
  expect(reportIdentifiers(`FROM t WHERE x = 'Rome'`, [pivoted], ['city'])).toEqual([
    'file_index',
    'file_row_number',
    'limit_rownum',
    'main',
    'memory',
    'rowid',
    'temp',
    'FROM',
    't',
    'WHERE',
    'x',
    'city',
    'amount',
    'when',
  ]);
});

it('includes the database, schema and name of a table, even if the query does not write them all', () => {
  const scan = { ...operator('TABLE_SCAN', []), extraInfo: { Table: '"shop.db".sales."daily ""orders"""' } };
  const join = operator('HASH_JOIN', [], [{ ...scan, extraInfo: { Table: '"tables".main.orders' } }, scan]);
  expect(reportIdentifiers([], [join]).slice(-3)).toEqual(['tables', 'orders', 'sales']);
});

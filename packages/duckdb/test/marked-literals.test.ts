import { DuckDBInstance } from '@duckdb/node-api';
import { redactSql, sqlIdentifiers } from '@planscope/redaction';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duckdbDialect as dialect } from '../src/dialect/duckdb-dialect.ts';
import { quoteString } from '../src/sql/quote.ts';
import { summarizeSql } from '../src/sql/summarize-sql.ts';
import { MARKER, markedSql, sqlSoup } from './marked-sql.ts';

/** All that a span says of the text of a query. */
const shownOf = (sql: string): string =>
  [
    redactSql(sql, { dialect }),
    redactSql(sql, { dialect, maxBytes: 200 }),
    summarizeSql(sql).summary,
    ...sqlIdentifiers(sql, { dialect }),
  ].join('\n');

it('shows nothing of any literal or comment of a statement', () => {
  fc.assert(
    fc.property(markedSql, (sql) => {
      expect(shownOf(sql)).not.toContain(MARKER);
    }),
    { numRuns: 3000 },
  );
});

it('shows nothing behind a Unicode space that DuckDB takes for a part of a name', () => {
  // The `$$` belongs to the name, so a comment follows and not a literal.
  expect(shownOf(`SELECT e'\\'' \u00a0$$--x $$from ${MARKER}`)).not.toContain(MARKER);
  expect(shownOf(`SELECT e'\\'a'\u00a0e'\\' from ${MARKER}`)).not.toContain(MARKER);
});

it('shows nothing of what DuckDB itself reads as a literal', async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const treesOf = async (texts: readonly string[]): Promise<unknown[]> => {
    const list = texts.map(quoteString).join(', ');
    const reader = await connection.runAndReadAll(`SELECT json_serialize_sql(unnest([${list}]))`);
    // DuckDB gives an empty text for a wrong escape in U&'…'.
    return reader.getRows().map(([tree]) => (tree === '' ? undefined : JSON.parse(String(tree))));
  };
  let inLiterals = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sqlSoup, { minLength: 100, maxLength: 100 }), async (texts) => {
      const trees = await treesOf(texts);
      for (const [index, sql] of texts.entries()) {
        const { literals, others } = textsIn(trees[index]);
        if (others.includes(MARKER) || !literals.includes(MARKER)) continue;
        inLiterals += 1;
        expect(shownOf(sql)).not.toContain(MARKER);
      }
    }),
    { numRuns: 30 },
  );
  expect(inLiterals).toBeGreaterThan(100);
  connection.disconnectSync();
  instance.closeSync();
});

/** The texts of a syntax tree: those of its literals, and all others, such as names. */
function textsIn(tree: unknown): { literals: string; others: string } {
  const found = { literals: '', others: '' };
  const visit = (value: unknown, isLiteral: boolean): void => {
    if (typeof value === 'string') found[isLiteral ? 'literals' : 'others'] += `${value}\n`;
    else if (Array.isArray(value)) for (const entry of value) visit(entry, isLiteral);
    else if (typeof value === 'object' && value !== null) {
      const holdsLiteral = 'class' in value && value.class === 'CONSTANT';
      for (const [key, entry] of Object.entries(value)) visit(entry, isLiteral || (holdsLiteral && key === 'value'));
    }
  };
  visit(tree, false);
  return found;
}

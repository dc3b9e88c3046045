import { readFileSync } from 'node:fs';
import { createTextsByKind, type KindOfText } from '@planscope/redaction';
import { expect, it } from 'vitest';
import { duckdbDialect } from '../src/dialect/duckdb-dialect.ts';

const document = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8');
const [, section = ''] = /<!-- twenty texts: begin[^>]*-->(.*)<!-- twenty texts: end -->/s.exec(document) ?? [];
const ROW = /^\| `(\w+)` \| `([^`]+)` \| `([^`]+)` \|$/gm;
const rows = [...section.matchAll(ROW)].map(([, kind = '', before = '', after = '']) => ({ kind, before, after }));

/** The names that the document says the queries write, and those that DuckDB always has. */
const identifiers = ['people', 'name', 'city', 'born', 'amount', 'memory', 'main'];

it('has twenty texts before and after', () => expect(rows.length).toBe(20));

it.each(rows)('shows on a span what docs/privacy.md says: $kind $before', ({ kind, before, after }) => {
  const named = kind === 'sql' ? {} : { identifiers };
  expect(createTextsByKind({ dialect: duckdbDialect }).text(kind as KindOfText, before, named)).toBe(after);
});

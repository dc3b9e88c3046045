import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { traceConnection } from '@planscope/duckdb';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SQL_SECRET, secretLiteral } from '../../redaction/test/marked-texts.ts';
import { corpus, PEOPLE } from './privacy-corpus/corpus.ts';

let recorder: SpanRecorder;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
const warnings: unknown[] = [];
beforeAll(async () => {
  recorder = createSpanRecorder();
  instance = await DuckDBInstance.create(':memory:', { autoload_known_extensions: 'false' });
  connection = traceConnection(await instance.connect(), {
    preset: 'maximal',
    planning: { planDiff: true },
    tracerProvider: recorder.tracerProvider,
    warn: (warning) => warnings.push(warning),
  });
  // What is inserted goes where no query reads it, or the rows would multiply.
  await connection.run('CREATE TABLE sink (text VARCHAR)');
  for (const sql of PEOPLE) await connection.run(sql.replace(SLOT, plainMarker));
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const SLOT = /<(word|WORD|number|integer|digits|date|hex)(?::\w+)?>/g;
const QUOTED_WORD = /'<word(?::\w+)?>'/g;

/** What stands in a slot that is a part of a literal, or no text. */
const plainMarker = (_: string, kind: string): string =>
  ({ word: 'S3CR3T', WORD: 'S3CR3T', date: '2167-05-30', hex: '8675309867530986' })[kind] ?? '8675309';

/** Queries of the corpus that need nothing but the people, and of which no marker is declared. */
const templates: readonly string[] = corpus
  .flatMap(({ given, statements }) => (given === undefined ? statements : []))
  .filter((entry) => typeof entry === 'string' || (entry.declared ?? entry.values ?? entry.given) === undefined)
  .map((entry) => (typeof entry === 'string' ? entry : entry.sql))
  .filter((sql) => /^(?:SELECT|FROM|WITH|VALUES)\b[^;]*$/i.test(sql) && !sql.includes('<folder>') && sql.length < 500)
  // A text of millions of quotes keeps DuckDB's optimizer busy for minutes, where nothing interrupts it.
  .filter((sql) => !/\brepeat\(.*<number>/i.test(sql));

/** Outside of these, a text can be rewritten; of one with other quotes, or quotes in quotes, nobody here knows what is outside. */
const QUOTATION = /('(?:[^']|'')*'|"[^"]*"|<\w+(?::\w+)?>)/;
const isPlain = (sql: string): boolean => !/[$\\`‘’“”\n]|''|--|\/\*|\bE'/i.test(sql);

/** Rewrites what stands outside of quotations. */
function outside(sql: string, rewrite: (text: string) => string): string {
  const pieces = sql.split(QUOTATION);
  return pieces.map((piece, index) => (index % 2 === 0 ? rewrite(piece) : piece)).join('');
}

const SPACES = [
  '  ',
  '\n',
  '\t',
  '\r\n',
  ' /* S3CR3T */ ',
  " /* it's S3CR3T */ ",
  ' -- "S3CR3T\n',
  '/* a /* S3CR3T */ */',
  ' /*$$ 8675309*/ ',
];

const letterCases = {
  asWritten: (text: string): string => text,
  capitals: (text: string): string => text.toUpperCase(),
  small: (text: string): string => text.toLowerCase(),
};

/** A template in another case, with other spaces and with comments between its words; its texts are marked literals of any form. */
const filled: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...templates),
    fc.constantFrom(...(Object.keys(letterCases) as (keyof typeof letterCases)[])),
    fc.array(fc.constantFrom(...SPACES, ' ', ' ', ' '), { minLength: 1, maxLength: 5 }),
    fc.array(fc.option(secretLiteral, { nil: `'S3CR3T'`, freq: 2 }), { minLength: 1, maxLength: 4 }),
  )
  .map(([template, letters, spaces, literals]) => {
    if (!isPlain(template)) return template.replace(SLOT, plainMarker);
    const place = { space: 0, literal: 0 };
    const cased = outside(template, letterCases[letters]);
    const spaced = outside(cased, (text) => text.replace(/ /g, () => spaces[place.space++ % spaces.length] ?? ' '));
    // Spaces keep a number or a name from growing together with what is beside it.
    const literal = (): string => ` ${literals[place.literal++ % literals.length] ?? ''} `;
    return spaced.replace(QUOTED_WORD, literal).replace(SLOT, plainMarker);
  });

const COMBINATIONS: readonly ((one: string, other: string) => string)[] = [
  (one) => one,
  (one) => `SELECT * FROM (${one}\n) AS inner_query`,
  (one, other) => `WITH c AS (${one}\n), d AS MATERIALIZED (${other}\n) SELECT * FROM c, d`,
  (one, other) => `(${one}\n) UNION ALL BY NAME (${other}\n)`,
  (one, other) => `${one}\nEXCEPT ${other}`,
  (one) => `SELECT count(*) FROM people WHERE EXISTS (${one}\n)`,
  (one) => `SELECT name, (SELECT count(*) FROM (${one}\n)) AS n FROM people`,
  (one) => `CREATE OR REPLACE TEMP TABLE made AS ${one}`,
  (one) => `CREATE OR REPLACE TEMP VIEW seen AS ${one}`,
  (one) => `EXPLAIN ${one}`,
  (one) => `EXPLAIN ANALYZE ${one}`,
  (one) => `PREPARE prepared AS ${one}`,
  (one) => `INSERT INTO sink SELECT c::VARCHAR FROM (${one}\n) AS t(c)`,
  (one) => `FROM (${one}\n) ORDER BY ALL LIMIT 3`,
  (one, other) => `${one};\n${other}`,
  (one, other) => `SELECT * FROM (${one}\n) p JOIN (${other}\n) q ON p.name = q.name`,
];

const statement = fc
  .tuple(fc.constantFrom(...COMBINATIONS), filled, filled)
  .map(([combine, one, other]) => combine(one, other));

it('has many templates', () => expect(templates.length).toBeGreaterThan(400));

it('shows no marker of any combination of statements', { timeout: 300_000 }, async () => {
  const outcomes = { succeeded: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(statement, async (sql) => {
      await connection.runAndReadAll(sql).then(
        () => (outcomes.succeeded += 1),
        () => (outcomes.failed += 1),
      );
      const said = recorder
        .spans()
        .flatMap(({ name, attributes, events, status }) => [
          name,
          status.message ?? '',
          ...Object.values(attributes).map(String),
          ...events.map((event) => JSON.stringify(event.attributes)),
        ]);
      recorder.clear();
      expect(said.length).toBeGreaterThan(3);
      expect(said.filter((text) => SQL_SECRET.test(text))).toEqual([]);
    }),
    { numRuns: 800 },
  );
  expect(JSON.stringify(warnings)).not.toMatch(SQL_SECRET);
  // Both ways of ending are worth something.
  expect(outcomes.succeeded).toBeGreaterThan(100);
  expect(outcomes.failed).toBeGreaterThan(50);
});

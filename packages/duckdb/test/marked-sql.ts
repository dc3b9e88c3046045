import fc from 'fast-check';

/** Stands in every literal and comment of a marked statement, and nowhere else. */
export const MARKER = 'sekret';

/** What tempts a reader of SQL to end a literal too early, or to take what is in it for a relation. */
const bait = fc
  .array(
    fc.constantFrom(
      MARKER,
      ` from ${MARKER} `,
      ` join ${MARKER}, ${MARKER} `,
      ';',
      ',',
      ' ',
      '\n',
      '\\',
      "\\'",
      "'",
      '"',
      '`',
      '’',
      '“',
      '--',
      '/*',
      '*/',
      '$$',
      '$a$',
      '(',
      '}',
      'é',
      '\u00a0',
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => `${pieces.join('')} from ${MARKER} `);

const tag = fc.constantFrom('', 'a', 'é', '日本', '_1', '‘');

/** Literals in each of the ways that DuckDB reads one. */
const literal: fc.Arbitrary<string> = fc.oneof(
  bait.map((text) => `'${text.replaceAll("'", "''")}'`),
  fc
    .tuple(fc.constantFrom('e', 'E'), bait)
    .map(([prefix, text]) => `${prefix}'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`),
  bait.map((text) => `E'a'\n  -- it's\n 'b${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`),
  fc.tuple(tag, bait).map(([name, text]) => `$${name}$${text.replaceAll('$', '')}$${name}$`),
);

/** Comments as DuckDB skips them, those in others and those at the end of a line included. */
const comment: fc.Arbitrary<string> = fc.oneof(
  bait.map((text) => `--${text.replaceAll('\n', ' ')}\n`),
  bait.map((text) => `/*${text.replaceAll('*', '').replaceAll('/', '')}*/`),
  bait.map((text) => `/* /*${text.replaceAll('*', '').replaceAll('/', '')}*/ from ${MARKER} */`),
);

const SHAPES: readonly ((values: readonly string[]) => string)[] = [
  ([a, b]) => `SELECT ${a}, x FROM t WHERE y = ${b}`,
  ([a, b]) => `SELECT x FROM t JOIN u ON t.a = ${a} ORDER BY ${b}`,
  ([a, b]) => `SELECT CASE WHEN x IN (${a}, ${b}) THEN ${a} ELSE ${b} END FROM t`,
  ([a, b]) => `INSERT INTO t VALUES (${a}, ${b}), (${b}, ${a})`,
  ([a, b]) => `UPDATE t SET x = ${a} WHERE y LIKE ${b} ESCAPE ${a}`,
  ([a, b]) => `DELETE FROM t WHERE x BETWEEN ${a} AND ${b}`,
  ([a, b]) => `FROM read_csv(${a}, delim = ${b})`,
  ([a, b]) => `FROM ${a} JOIN ${b} USING (x)`,
  ([a, b]) => `WITH v AS (SELECT ${a} AS x) SELECT * FROM v, t WHERE x = ${b}`,
  ([a, b]) => `COPY (SELECT ${a}) TO ${b} (FORMAT csv, NULLSTR ${a}, KV_METADATA {token: ${b}})`,
  ([a, b]) => `ATTACH ${a} AS d (PASSWORD ${b})`,
  ([a, b]) => `SET http_proxy_password = ${a}; SET VARIABLE v = ${b}`,
  ([a, b]) => `EXPLAIN SELECT x FROM t WHERE MAP {${a}: ${b}}[${a}] = ${b} LIMIT 5`,
  ([a, b]) => `PRAGMA add_parquet_key(${a}, ${b})`,
  ([a, b]) => `CREATE TYPE m AS ENUM (${a}, ${b})`,
];

/** Statements with a marker in each literal, and in comments between their words. */
export const markedSql: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...SHAPES),
    fc.array(literal, { minLength: 2, maxLength: 2 }),
    fc.array(comment, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([shape, values, comments, isCommented]) => {
    if (!isCommented) return shape(values);
    const slots = ['\ue000', '\ue001'];
    const words = shape(slots).split(' ');
    const text = words.map((word, index) => (index === 0 ? word : `${comments[index % 5] ?? ' '}${word}`)).join('');
    return text.replaceAll(/[\ue000\ue001]/g, (slot) => values[slots.indexOf(slot)] ?? '');
  });

/** Pieces of SQL in any order, glued together: DuckDB reads some of them as a statement. */
export const sqlSoup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      literal,
      comment,
      fc.constantFrom(
        ...["'", '"', "E'", '$$', '$a$', '$1', '$1$a$', '1e', '1$a$', ' ', '\n', '--', '/*', '*/', '\\', "\\'", "''"],
        ...[`from ${MARKER}`, MARKER, "U&'", "x'", '`', '‘', '’', 't', ',', '\u00a0', '\r', '=', 'a', '?', '||'],
      ),
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((pieces) => `SELECT ${pieces.join('')}`);

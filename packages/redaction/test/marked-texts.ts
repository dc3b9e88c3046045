import fc from 'fast-check';

const SECRETS = ['S3CR3T', "S3''CR3T", 'x S3CR3T', 'S3CR3T;--', 'S3CR3T/*', ' S3CR3T ', '8675309'];
const DIGITS = '8675309';

/** A literal, a comment or a URL of SQL with one of the secrets `S3CR3T` and `8675309` in it. */
export const secretLiteral: fc.Arbitrary<string> = fc
  .constantFrom(...SECRETS)
  .chain((text) =>
    fc.constantFrom(
      `'${text}'`,
      `E'\\'${text}'`,
      `$$${text}$$`,
      `$t_1$${text}$t_1$`,
      `x'${DIGITS}'`,
      `-${DIGITS}.5e+12`,
      `TIMESTAMP '${text}'`,
      `/* ${text.replaceAll('*', '').replaceAll('/', '')} */ 0x${DIGITS}`,
      `"two ${text}"`,
      's3://u:S3CR3T@b/x?sig=S3CR3T',
    ),
  );

const OTHERS = 'a "b" AND = ( ) , ::INT $1 ? || t.c [ ] . é SELECT ; ::DECIMAL(10,2)'.split(' ');

/** Pieces of SQL, some of them with a secret; joined by spaces they are a text whose quotes pair. */
export const sqlPiece: fc.Arbitrary<string> = fc.oneof(secretLiteral, fc.constantFrom(...OTHERS, '--\n'));

/** Finds what is left of the secrets of {@link sqlPiece}. */
export const SQL_SECRET: RegExp = /S3|CR3T|8675309/;

const value = fc.constantFrom(
  "'Sekret'",
  "'a b''Sekret'",
  'Sekret',
  'Sekret Two',
  '8675309',
  "x'Sekret'",
  '8675309-01-02',
);
const condition = fc
  .tuple(fc.constantFrom('a', 'b.c', '(d)'), fc.constantFrom('=', '>=', ' != ', ' ~~ ', ' LIKE '), value)
  .map((parts) => parts.join(''));
const line = fc
  .tuple(
    fc.constantFrom('FILTER ', 'SEQ_SCAN Filters: ', 'SEQ_SCAN: Filters=', ''),
    fc.array(condition, { minLength: 1, maxLength: 4 }),
  )
  .map(([head, conditions]) => head + conditions.join(' AND '));

/** A displayed plan with a value in each condition, with and without quotes. */
export function planWithValues(maxLines: number): fc.Arbitrary<string> {
  return fc.array(line, { maxLength: maxLines }).map((lines) => lines.join('\n'));
}

/** Finds what is left of the values of {@link planWithValues}. */
export const PLAN_VALUE: RegExp = /Sekret|Two|8675309/;

/** Displayed plans that hold data where a reader may take it for language, and what is in each. */
export const HIDDEN_IN_PLANS: readonly (readonly [text: string, what: string])[] = [
  ['origin=Sekret', 'a value without quotes'],
  ['origin=New Sekret AND delay>10', 'words without quotes'],
  ['name=Sekret, John AND a=5', 'a comma without quotes'],
  ['name=Tom AND Sekret', 'AND without quotes'],
  ['optional: name IN (Sekret B, Bob)', 'a list without quotes'],
  ['name LIKE Sekret%', 'a pattern without quotes'],
  ['CASE WHEN (a) THEN Sekret ELSE Sekret END', 'branches without quotes'],
  ['tags = [Sekret, b]', 'elements without quotes'],
  ['u=6ba7b810-5ec7e7-abc', 'a UUID without quotes'],
  ['a BETWEEN Sekret AND b', 'a bound without quotes'],
  ['New Sekret', 'an alias of two words'],
  ['New Sekret_sum(age)', 'a pivoted column'],
  ["it's Sekret", 'an alias with an apostrophe'],
  ["a\nit's\n'Sekret two'", 'an alias that inverts the quotes of the next line'],
  ["col; Sekret='x", 'an alias with half a literal'],
  ['Weird "Sekret', 'an alias with half an identifier'],
  ["concat(iata, 'Sekret')", 'an automatic name'],
  ['"concat(iata, Sekret)"', 'an automatic name in quotes'],
  ['url=s3://bucket/Sekret', 'a URL from a column'],
  ['mode=Sekret', 'a column called like a caption'],
  ['FILTER: Expression=mode=Sekret', 'a column called like a caption, behind another'],
  ['FILTER: Filters=[mode=Sekret, type=Sekret]', 'columns called like captions in a list'],
  ['HASH_JOIN: Conditions=a=Sekret', 'a condition as no engine writes it'],
  ['HASH_JOIN: Conditions=[a = New Sekret]', 'words in a condition between columns'],
  ['Total 5 Sekret', 'a number in an alias'],
];

/** Finds the data of {@link HIDDEN_IN_PLANS}. */
export const HIDDEN: RegExp = /sekret|5ec7e7/i;

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

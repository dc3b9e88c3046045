import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlLiteral, typedValue } from './sql-literal.ts';
import { TrinoClientError } from './trino-client-error.ts';

describe('sqlLiteral', () => {
  it('writes each kind of value as a literal of its type', () => {
    const literals = [null, undefined, true, 7, -0, 3e9, 1.5, Number.NaN, -Infinity, 12n, 'x', new Date(0)].map(
      (value) => sqlLiteral(value, 'parameters[0]'),
    );
    expect(literals).toEqual([
      'NULL',
      'NULL',
      'true',
      "INTEGER '7'",
      "DOUBLE '-0'",
      "BIGINT '3000000000'",
      "DOUBLE '1.5'",
      'nan()',
      '-infinity()',
      "BIGINT '12'",
      "'x'",
      "TIMESTAMP '1970-01-01 00:00:00.000 UTC'",
    ]);
    expect(sqlLiteral(new Uint8Array([0, 255]), 'p')).toBe("X'00ff'");
    expect(sqlLiteral([1, ["it's"]], 'p')).toBe("ARRAY[INTEGER '1', ARRAY['it''s']]");
    expect(sqlLiteral(typedValue('decimal(12, 2)', '1.20'), 'p')).toBe("CAST('1.20' AS decimal(12, 2))");
    expect(sqlLiteral(typedValue('timestamp(6) with time zone', null), 'p')).toBe(
      'CAST(NULL AS timestamp(6) with time zone)',
    );
  });

  it('leaves no way out of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const literal = sqlLiteral(text, 'p');
        // A literal ends at its first quote that is not doubled.
        expect(/^'(?:[^']|'')*'$/.test(literal)).toBe(true);
        expect(literal.slice(1, -1).replaceAll("''", "'")).toBe(text);
      }),
    );
  });

  it.each([
    [() => sqlLiteral({ a: 1 }, 'parameters[2]'), /parameters\[2\]: a value of kind Object/],
    [() => sqlLiteral([Symbol('x')], 'parameters[0]'), /parameters\[0\]\[0\]: a value of kind symbol/],
    [() => sqlLiteral(2n ** 63n, 'p'), /does not fit into a BIGINT/],
    [() => sqlLiteral(new Date(Number.NaN), 'p'), /invalid date/],
    [() => typedValue("date) || ('x' AS varchar", '1'), /is no SQL type/],
    [() => typedValue('date; DROP TABLE t', '1'), /is no SQL type/],
    [() => typedValue("char(1)'", '1'), /is no SQL type/],
    [() => typedValue('array(x)) FROM t --(', '1'), /is no SQL type/],
  ])('refuses what has no literal', (write, message) => {
    expect(write).toThrow(message);
    expect(write).toThrow(TrinoClientError);
  });
});

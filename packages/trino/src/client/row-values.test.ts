import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePage, rowDecoder } from './row-values.ts';

it('keeps every digit of a whole number, and every text as it is', () => {
  const value = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.stringMatching(/^[-\d",\\.e]{14,24}$/),
    fc.constant('1234567890123456789'),
  );
  fc.assert(
    fc.property(fc.array(value), (values) => {
      // As Java writes JSON: a floating point number has a point or an exponent.
      const written = values.map((found) => {
        if (typeof found === 'bigint') return String(found);
        if (typeof found === 'string') return JSON.stringify(found);
        return Number.isInteger(found) ? found.toExponential() : JSON.stringify(found);
      });
      const page = parsePage(`{"data":[[${written.join(',')}]]}`) as { data: unknown[][] };
      const read = page.data[0]?.map((found, index) => {
        const original = values[index];
        return typeof original === 'bigint' ? BigInt(found as string) : found;
      });
      expect(read).toEqual(values.map((found) => (Object.is(found, -0) ? expect.toSatisfy((x) => x === 0) : found)));
    }),
  );
});

const integer = { name: 'integer', numbers: [], fields: [] };
const bigint = { ...integer, name: 'bigint' };

it('makes values of the types that JSON does not have', () => {
  const types = [
    bigint,
    { ...integer, name: 'double' },
    { ...integer, name: 'varbinary' },
    { name: 'array', numbers: [], fields: [{ name: 'field0', type: bigint }] },
    {
      name: 'map',
      numbers: [],
      fields: [
        { name: 'field0', type: integer },
        { name: 'field1', type: bigint },
      ],
    },
    {
      name: 'row',
      numbers: [],
      fields: [
        { name: 'x', type: bigint },
        { name: 'y', type: integer },
      ],
    },
    { ...integer, name: 'decimal' },
    { ...integer, name: 'hyperloglog' },
  ];
  const decode = rowDecoder(types);
  expect(decode([1, 'NaN', 'AP8=', [1, null], { 7: 8 }, [9, 10], '1.20', 'AgwBAA=='])).toEqual([
    1n,
    Number.NaN,
    new Uint8Array([0, 255]),
    [1n, null],
    new Map([[7, 8n]]),
    { x: 9n, y: 10 },
    '1.20',
    'AgwBAA==',
  ]);
  expect(decode(types.map(() => null))).toEqual(types.map(() => null));
});

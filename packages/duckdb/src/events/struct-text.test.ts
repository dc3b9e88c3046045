import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStructText, type StructFields, type StructValue } from './struct-text.ts';

/** As DuckDB writes a value: quoted where it could be taken for something else. */
function written(value: StructValue): string {
  if (value === undefined) return 'NULL';
  if (value instanceof Map)
    return `{${[...value].map(([key, field]) => `${quoted(key)}: ${written(field)}`).join(', ')}}`;
  return /^[\w./:-]+$/.test(value as string) && value !== 'NULL' ? (value as string) : quoted(value as string);
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom("'", '\\', '{', '}', ',', ' ', ':', '=', '[', '\n') }),
);
const structs: fc.Arbitrary<StructFields> = fc.letrec<{ value: StructValue; fields: StructFields }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, texts, fc.constant(undefined), tie('fields')),
  fields: fc.array(fc.tuple(texts, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
})).fields;

it('comes back as it was written', () => {
  fc.assert(
    fc.property(structs, (struct) => {
      expect(parseStructText(written(struct))).toEqual(struct);
    }),
  );
});

it('has only what is wanted, and all of that', () => {
  const isWanted = (name: string): boolean => name.length % 2 === 0;
  const wanted = (value: StructValue): StructValue =>
    value instanceof Map
      ? new Map([...value].filter(([name]) => isWanted(name)).map(([name, field]) => [name, wanted(field)]))
      : value;
  fc.assert(
    fc.property(structs, (struct) => {
      expect(parseStructText(written(struct), isWanted)).toEqual(wanted(struct));
    }),
  );
});

it('is nothing while a part is missing', () => {
  fc.assert(
    fc.property(structs, fc.nat(), (struct, cut) => {
      const text = written(struct);
      expect(parseStructText(text.slice(0, cut % text.length))).toBeUndefined();
    }),
  );
});

it('may hold maps, lists and plain values', () => {
  const text =
    "{'request': {'type': GET, 'headers': {Range='bytes=0-9', Host='[::1]:80'}, 'tags': [a, 'b c']}, 'response': NULL}";
  const headers = new Map([
    ['Range', 'bytes=0-9'],
    ['Host', '[::1]:80'],
  ]);
  const tags = new Map([
    ['0', 'a'],
    ['1', 'b c'],
  ]);
  const request = new Map<string, unknown>([
    ['type', 'GET'],
    ['headers', headers],
    ['tags', tags],
  ]);
  expect(parseStructText(text)).toEqual(
    new Map<string, unknown>([
      ['request', request],
      ['response', undefined],
    ]),
  );
});

it.each(['', '{', "{'a': b", '{a=b}}', "{'a': 'b}", 'text', '[a]'])('is not %s', (text) => {
  expect(parseStructText(text)).toBeUndefined();
});

it('is not read to any depth', () => {
  expect(parseStructText(`${"{'a': ".repeat(100_000)}b${'}'.repeat(100_000)}`)).toBeUndefined();
});

import type { ColumnType } from './column-type.ts';

/** Makes a JavaScript value of a value in a page, which is not null. */
type Decoder = (value: unknown) => unknown;

const same: Decoder = (value) => value;

/** Types whose JSON form is not their value here. */
const DECODERS: Readonly<Record<string, (type: ColumnType) => Decoder>> = {
  bigint: () => (value) => BigInt(value as number | string),
  // NaN and the infinities are texts in JSON.
  double: () => Number,
  real: () => Number,
  varbinary: () => (value) => new Uint8Array(Buffer.from(String(value), 'base64')),
  array: ({ fields: [element] }) => {
    const decode = decoderOf(element?.type);
    return (value) => (value as unknown[]).map(decode);
  },
  map: ({ fields: [key, value] }) => {
    const [decodeKey, decodeValue] = [keyDecoder(key?.type), decoderOf(value?.type)];
    return (entries) =>
      new Map(Object.entries(entries as object).map(([name, held]) => [decodeKey(name), decodeValue(held)]));
  },
  row: ({ fields }) => {
    const decoders = fields.map(({ name, type }) => [name, decoderOf(type)] as const);
    return (value) =>
      Object.fromEntries(decoders.map(([name, decode], index) => [name, decode((value as unknown[])[index])]));
  },
};

/**
 * Returns the function that makes rows of the rows of a page. A BIGINT is a bigint, smaller integers and floating point
 * numbers are numbers, VARBINARY is a Uint8Array, an ARRAY an array, a MAP a Map, a ROW an object. All others are the
 * exact texts of Trino: DECIMAL, dates and times.
 */
export function rowDecoder(types: readonly ColumnType[]): (row: readonly unknown[]) => unknown[] {
  const decoders = types.map(decoderOf);
  return (row) => decoders.map((decode, index) => decode(row[index]));
}

function decoderOf(type: ColumnType | undefined): Decoder {
  const decode = type === undefined ? same : (DECODERS[type.name]?.(type) ?? same);
  return (value) => (value === null || value === undefined ? null : decode(value));
}

const NUMBERS = new Set(['tinyint', 'smallint', 'integer']);

/** The keys of a JSON object are texts, of whichever type the keys of the map are. */
function keyDecoder(type: ColumnType | undefined): Decoder {
  if (type !== undefined && NUMBERS.has(type.name)) return Number;
  return type?.name === 'boolean' ? (key) => key === 'true' : decoderOf(type);
}

/** Whole numbers that JavaScript's numbers cannot all hold. Floating point numbers have a point or an exponent. */
const LONG_INTEGERS = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Parses a page; whole numbers of 16 digits and more become texts, so that no digit is lost. */
export function parsePage(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(LONG_INTEGERS, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

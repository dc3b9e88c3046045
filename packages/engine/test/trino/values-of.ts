import { DataType, type Decimal, type RecordBatch } from 'apache-arrow';

/**
 * The rows of batches as texts and numbers that are equal if the values are, whichever the Arrow types are. Decimals have no
 * trailing zeros.
 */
export function valuesOf(batches: readonly RecordBatch[]): unknown[][] {
  return batches.flatMap((batch) => {
    const columns = batch.schema.fields.map(({ type }, index) => ({ type, vector: batch.getChildAt(index) }));
    return Array.from({ length: batch.numRows }, (_, row) =>
      columns.map(({ type, vector }) => plain(type, vector?.get(row))),
    );
  });
}

function plain(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (DataType.isDecimal(type)) return decimalText(type, value as Uint32Array);
  if (DataType.isList(type) || DataType.isStruct(type) || DataType.isMap(type)) return nested(value);
  if (DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  return typeof value === 'bigint' || DataType.isInt(type) ? BigInt(value as bigint | number) : value;
}

/** Lists, structs and maps of numbers and texts as JSON. */
function nested(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part)));
}

function decimalText({ scale }: Decimal, words: Uint32Array): string {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) + BigInt(word), 0n);
  const value = BigInt.asIntN(32 * words.length, unsigned);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

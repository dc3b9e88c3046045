import { type Data, Type } from 'apache-arrow';

const VIEW_BYTES = 16;
const INLINE_BYTES = 12;

/** The bytes of a text or binary value, not copied. */
export function cellBytes(data: Data, index: number): Uint8Array {
  const { typeId, values, stride } = data;
  if (typeId === Type.FixedSizeBinary) return values.subarray(stride * index, stride * (index + 1));
  if (data.valueOffsets === undefined) return viewBytes(data, index);
  const begin = Number(data.valueOffsets[index]);
  const end = Number(data.valueOffsets[index + 1]);
  return values.subarray(begin, end);
}

/** Reads the layout with views: the length, then the bytes themselves, or where they stand. */
function viewBytes(data: Data, index: number): Uint8Array {
  const values: Uint8Array = data.values;
  const start = index * VIEW_BYTES;
  const view = new DataView(values.buffer, values.byteOffset + start, VIEW_BYTES);
  const length = view.getInt32(0, true);
  if (length <= INLINE_BYTES) return values.subarray(start + 4, start + 4 + length);
  const { variadicBuffers } = data as Data & { variadicBuffers?: readonly Uint8Array[] };
  const buffer = variadicBuffers?.[view.getInt32(8, true)];
  if (buffer === undefined) throw new RangeError('the buffer that a view points to is missing');
  const offset = view.getInt32(12, true);
  return buffer.subarray(offset, offset + length);
}

/** Decodes the head of some UTF-8 text; a character that the cut splits is left out. */
export function decodeHead(bytes: Uint8Array, maxCharacters: number): string {
  // One UTF-16 code unit takes three bytes at most.
  const head = maxCharacters * 3 < bytes.length ? bytes.subarray(0, maxCharacters * 3) : bytes;
  return new TextDecoder().decode(head, { stream: head.length < bytes.length });
}

/** `0x…`, as far as the characters go. */
export function hexHead(bytes: Uint8Array, maxCharacters: number): string {
  const head = bytes.subarray(0, Math.ceil(maxCharacters / 2));
  return `0x${Buffer.from(head.buffer, head.byteOffset, head.length).toString('hex')}`;
}

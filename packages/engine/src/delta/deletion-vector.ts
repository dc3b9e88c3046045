import { crc32 } from 'node:zlib';
import { type CallOptions, parsePath } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';
import type { DeletionVector } from './delta-actions.ts';
import { pathInTable } from './delta-log.ts';
import { bitmapNumbers } from './roaring-bitmap.ts';

// Deletion vectors: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#deletion-vectors

/** First number of a deletion vector in the form that all writers use. */
const MAGIC = 1_681_511_377;
/** Characters of the encoded UUID in the name of a file. */
const UUID_CHARACTERS = 20;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Identifies a deletion vector; undefined for none. Logs and checkpoints may write its fields differently. */
export function vectorKey(vector: DeletionVector | null | undefined): string | undefined {
  return vector ? `${vector.storageType}${vector.pathOrInlineDv}@${vector.offset ?? ''}` : undefined;
}

/**
 * The rows of a file that a deletion vector deletes, by their positions from 0.
 *
 * @throws Error if it is not a deletion vector, or is not what the log says of it
 * @throws ObjectStoreError
 */
export async function deletedRows(
  place: Place,
  vector: DeletionVector,
  options: CallOptions & { readonly onBytes: (bytes: number) => void },
): Promise<number[]> {
  try {
    const bytes = vector.storageType === 'i' ? inline(vector) : await stored(place, vector, options);
    const magic = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(0, true);
    if (magic !== MAGIC) throw new RangeError(`it does not start with ${magic}`);
    const rows = [...bitmapNumbers(bytes.subarray(4))];
    if (rows.length !== Number(vector.cardinality)) {
      throw new RangeError(`it deletes ${rows.length} rows and not ${vector.cardinality}, as the log says`);
    }
    return rows;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const text = `[planscope/engine] a deletion vector of the table at ${place.path} cannot be read: ${error.message}`;
    throw new Error(text, { cause: error });
  }
}

function inline({ pathOrInlineDv, sizeInBytes }: DeletionVector): Uint8Array {
  return decoded(pathOrInlineDv).subarray(0, Number(sizeInBytes));
}

/** In a file, a vector has its size before and its checksum after it, both with the highest byte first. */
async function stored(
  place: Place,
  vector: DeletionVector,
  { onBytes, ...options }: Parameters<typeof deletedRows>[2],
): Promise<Uint8Array> {
  const start = Number(vector.offset ?? 1);
  const size = Number(vector.sizeInBytes);
  const path = parsePath(pathInTable(place, vectorFile(vector)));
  const { body } = await place.store.get(path, { ...options, range: { start, end: start + size + 8 } });
  const bytes = await body.bytes();
  onBytes(bytes.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(0) !== size) throw new RangeError(`it has ${view.getInt32(0)} bytes and not ${size}`);
  const content = bytes.subarray(4, 4 + size);
  if (crc32(content) !== view.getUint32(4 + size)) throw new RangeError('its checksum is wrong');
  return content;
}

/** The file of a vector, below the folder of its table. */
function vectorFile({ pathOrInlineDv }: DeletionVector): string {
  const folder = pathOrInlineDv.slice(0, -UUID_CHARACTERS);
  const hex = Buffer.from(decoded(pathOrInlineDv.slice(-UUID_CHARACTERS))).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `${folder === '' ? '' : `${folder}/`}deletion_vector_${uuid}.bin`;
}

/** The bytes of a text in the encoding Z85: five characters for four bytes. */
function decoded(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new RangeError(`it has ${text.length} characters, which is not a multiple of 5`);
  const bytes = new DataView(new ArrayBuffer((text.length / 5) * 4));
  for (let at = 0; at < text.length; at += 5) {
    const digits = [...text.slice(at, at + 5)].map((character) => ALPHABET.indexOf(character));
    const value = digits.reduce((sum, digit) => sum * 85 + digit, 0);
    if (digits.includes(-1) || value >= 2 ** 32) throw new RangeError('it has characters that encode no bytes');
    bytes.setUint32((at / 5) * 4, value);
  }
  return new Uint8Array(bytes.buffer);
}

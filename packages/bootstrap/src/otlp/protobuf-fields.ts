/** One field of a protocol buffer message: a number where it is a varint, bytes where it has a length. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * The fields of a message, without those of fixed width.
 *
 * @throws when the bytes are no message
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let position = 0;

  function varint(): number {
    for (let value = 0, factor = 1; position < message.length; factor *= 128) {
      const byte = message[position] ?? 0;
      position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the message ends in the middle of a number');
  }

  function bytes(length: number): Uint8Array {
    const start = position;
    position += length;
    if (position > message.length) throw new RangeError('the message ends in the middle of a field');
    return message.subarray(start, position);
  }

  while (position < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === VARINT) yield { number, value: varint() };
    else if (type === LENGTH_DELIMITED) yield { number, value: bytes(varint()) };
    else if (type === FIXED64) bytes(8);
    else if (type === FIXED32) bytes(4);
    else throw new TypeError(`unknown wire type ${type}`);
  }
}

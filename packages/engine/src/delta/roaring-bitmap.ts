// The numbers of a Roaring bitmap in its portable form: https://github.com/RoaringBitmap/RoaringFormatSpec

/** First number of a bitmap without and with run containers. */
const PLAIN_COOKIE = 12_346;
const RUN_COOKIE = 12_347;
/** With run containers, the offsets of fewer containers are not stored. */
const FEWEST_WITH_OFFSETS = 4;
/** A container with more numbers is a bitset of 65,536 bits. */
const LARGEST_ARRAY = 4096;
const BITSET_BYTES = 8192;

/**
 * The numbers of a 64-bit bitmap in ascending order.
 *
 * @throws RangeError if the bytes are not a bitmap, or a number is greater than the largest safe one
 */
export function* bitmapNumbers(bytes: Uint8Array): Generator<number> {
  const input = new Input(bytes);
  const count = input.uint64();
  for (let index = 0; index < count; index += 1) {
    const high = input.uint32();
    if (high >= 2 ** 21) throw new RangeError('a number of the bitmap is too large');
    yield* numbers32(input, high * 2 ** 32);
  }
}

/** The numbers of a 32-bit bitmap, plus an offset. */
function* numbers32(input: Input, offset: number): Generator<number> {
  const cookie = input.uint32();
  const hasRuns = (cookie & 0xffff) === RUN_COOKIE;
  if (!hasRuns && cookie !== PLAIN_COOKIE) throw new RangeError(`a bitmap does not start with ${cookie}`);
  const count = hasRuns ? (cookie >>> 16) + 1 : input.uint32();
  const runFlags = hasRuns ? input.bytes(Math.ceil(count / 8)) : undefined;
  const containers = Array.from({ length: count }, () => ({ key: input.uint16(), size: input.uint16() + 1 }));
  if (!hasRuns || count >= FEWEST_WITH_OFFSETS) input.bytes(4 * count);
  for (const [index, { key, size }] of containers.entries()) {
    const first = offset + key * 65_536;
    const isRuns = ((runFlags?.[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    if (isRuns) yield* runNumbers(input, first);
    else if (size <= LARGEST_ARRAY) for (let at = 0; at < size; at += 1) yield first + input.uint16();
    else yield* bitsetNumbers(input.bytes(BITSET_BYTES), first);
  }
}

function* runNumbers(input: Input, first: number): Generator<number> {
  const runs = input.uint16();
  for (let run = 0; run < runs; run += 1) {
    const start = first + input.uint16();
    const end = start + input.uint16();
    for (let value = start; value <= end; value += 1) yield value;
  }
}

function* bitsetNumbers(bytes: Uint8Array, first: number): Generator<number> {
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) yield first + index * 8 + bit;
  }
}

/** Little-endian numbers, one after the other. */
class Input {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  uint32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  uint64(): number {
    this.#at += 8;
    return Number(this.#view.getBigUint64(this.#at - 8, true));
  }

  bytes(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#view.byteLength) throw new RangeError('the bitmap ends too early');
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }
}

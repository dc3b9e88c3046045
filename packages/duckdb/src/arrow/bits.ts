// Bitmaps as both DuckDB and Arrow keep them: bit `row & 7` of byte `row >> 3`, least significant first.

export function isBitSet(bits: Uint8Array, row: number): boolean {
  return ((bits[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** Sets `count` bits from `at` on; the bits there are 0 before. */
export function setBits(target: Uint8Array, at: number, count: number): void {
  const end = at + count;
  let bit = at;
  for (; bit < end && (bit & 7) !== 0; bit++) setBit(target, bit);
  const wholeBytesEnd = end & ~7;
  if (wholeBytesEnd > bit) {
    target.fill(0xff, bit >> 3, wholeBytesEnd >> 3);
    bit = wholeBytesEnd;
  }
  for (; bit < end; bit++) setBit(target, bit);
}

/** Copies `count` bits; the bits there are 0 before. Positions need not lie on bytes. */
export function copyBits(source: Uint8Array, from: number, target: Uint8Array, at: number, count: number): void {
  let done = 0;
  if (((from | at) & 7) === 0) {
    const start = from >> 3;
    target.set(source.subarray(start, start + (count >> 3)), at >> 3);
    done = count & ~7;
  }
  for (; done < count; done++) {
    if (isBitSet(source, from + done)) setBit(target, at + done);
  }
}

export function countSetBits(bits: Uint8Array): number {
  let count = 0;
  for (let byte of bits) {
    for (; byte !== 0; byte &= byte - 1) count++;
  }
  return count;
}

/** The rows that are set in both; a missing bitmap has all rows set. */
export function andBits(first: Uint8Array | undefined, second: Uint8Array | undefined): Uint8Array | undefined {
  if (!first || !second) return first ?? second;
  return first.map((byte, index) => byte & (second[index] ?? 0));
}

/** Each of `count` bits repeated `times`. */
export function expandBits(bits: Uint8Array, count: number, times: number): Uint8Array {
  const expanded = new Uint8Array(Math.ceil((count * times) / 8));
  for (let row = 0; row < count; row++) {
    if (isBitSet(bits, row)) setBits(expanded, row * times, times);
  }
  return expanded;
}

/** The rows whose byte is `wanted`, among those set in `among`. */
export function matchBits(bytes: Uint8Array, wanted: number, among: Uint8Array | undefined): Uint8Array {
  const matches = new Uint8Array(Math.ceil(bytes.length / 8));
  for (let row = 0; row < bytes.length; row++) {
    if (bytes[row] === wanted && (!among || isBitSet(among, row))) setBit(matches, row);
  }
  return matches;
}

function setBit(bits: Uint8Array, row: number): void {
  bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
}

import type { ByteRange } from '../range/get-range.ts';

/** Which bytes of a file are there, as ranges that neither touch nor overlap, in order. */
export class ByteCoverage {
  #ranges: ByteRange[] = [];

  add({ start, end }: ByteRange): void {
    const apart = this.#ranges.filter((range) => range.end < start || range.start > end);
    const touching = this.#ranges.filter((range) => !apart.includes(range));
    const joined = {
      start: Math.min(start, ...touching.map((range) => range.start)),
      end: Math.max(end, ...touching.map((range) => range.end)),
    };
    this.#ranges = [...apart, joined].sort((left, right) => left.start - right.start);
  }

  /** What is not there of a range, in pieces of a size at most. */
  missing({ start, end }: ByteRange, pieceSize: number): ByteRange[] {
    const pieces: ByteRange[] = [];
    let at = start;
    for (const { start: from, end: to } of [...this.#ranges, { start: end, end }]) {
      for (; at < Math.min(from, end); at = Math.min(at + pieceSize, from, end)) {
        pieces.push({ start: at, end: Math.min(at + pieceSize, from, end) });
      }
      at = Math.max(at, to);
    }
    return pieces;
  }
}

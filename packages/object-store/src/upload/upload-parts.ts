import { ObjectStoreError } from '../contract/object-store-error.ts';

/** Most parts of an upload: the limit of S3, enforced everywhere so that a program runs on any store. */
const maximumParts = 10_000;

/** The parts of one upload by number, and whether the upload is still open. */
export class UploadParts<Part> {
  readonly #where: { readonly store: string; readonly path: string };
  readonly #parts = new Map<number, Part>();
  #closed: 'completed' | 'aborted' | undefined;

  constructor(where: { readonly store: string; readonly path: string }) {
    this.#where = where;
  }

  get closed(): 'completed' | 'aborted' | undefined {
    return this.#closed;
  }

  /** @throws ObjectStoreError Generic when the upload is over, or the number is not from 1 to 10,000 */
  check(partNumber: number): void {
    this.checkOpen();
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > maximumParts) {
      throw this.#error(`part number ${partNumber} must be a whole number from 1 to ${maximumParts}`);
    }
  }

  /** @throws ObjectStoreError Generic when the upload is over */
  checkOpen(): void {
    if (this.#closed !== undefined) throw this.#error(`the upload is already ${this.#closed}`);
  }

  /** Records an uploaded part; returns the part that had the number before. */
  set(partNumber: number, part: Part): Part | undefined {
    this.checkOpen();
    const before = this.#parts.get(partNumber);
    this.#parts.set(partNumber, part);
    return before;
  }

  /** @throws ObjectStoreError Generic when the upload is over, has no part, or lacks a number before its last */
  inOrder(): Part[] {
    this.checkOpen();
    if (this.#parts.size === 0) throw this.#error('an upload needs a part before it can be completed');
    return Array.from({ length: Math.max(...this.#parts.keys()) }, (_, index) => {
      const part = this.#parts.get(index + 1);
      if (part === undefined) throw this.#error(`part ${index + 1} is missing`);
      return part;
    });
  }

  /** Ends the upload and forgets the parts; a completed upload stays completed. */
  close(how: 'completed' | 'aborted'): void {
    this.#closed ??= how;
    this.#parts.clear();
  }

  #error(text: string): ObjectStoreError {
    return new ObjectStoreError('Generic', text, this.#where);
  }
}

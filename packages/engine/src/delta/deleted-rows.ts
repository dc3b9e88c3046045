import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Place } from '../input/allowed-roots.ts';
import type { Staging } from '../input/staging.ts';
import { deletedRows } from './deletion-vector.ts';
import type { DeletionVector, DeltaFile } from './delta-actions.ts';

/** Deletion vectors that are read at the same time. */
const VECTORS_TOGETHER = 8;
/** Characters that are written at the same time. */
const CHUNK = 65_536;

interface NumberedVector {
  /** Position of its file among the files that are read. */
  readonly file: number;
  readonly vector: DeletionVector;
}

/** The deleted rows of the files of one input, as a file that DuckDB reads. */
export class DeletedRows {
  /** A CSV file: position of the file, and of the row in it. */
  readonly path: string;
  readonly #place: Place;
  readonly #vectors: readonly NumberedVector[];
  readonly #staging: Staging;

  private constructor(place: Place, vectors: readonly NumberedVector[], staging: Staging) {
    this.path = join(staging.folder, `deleted-${randomUUID()}.csv`);
    this.#place = place;
    this.#vectors = vectors;
    this.#staging = staging;
  }

  /** Undefined if no row of the files is deleted. */
  static of(place: Place, files: readonly DeltaFile[], staging: Staging): DeletedRows | undefined {
    const vectors = files.flatMap(({ deletionVector }, file) =>
      deletionVector ? { file, vector: deletionVector } : [],
    );
    return vectors.length === 0 ? undefined : new DeletedRows(place, vectors, staging);
  }

  /** Number of files of which rows are deleted. */
  get files(): number {
    return this.#vectors.length;
  }

  /**
   * Reads the deletion vectors and writes the file.
   *
   * @throws like `deletedRows`
   */
  async write(options: Parameters<typeof deletedRows>[2]): Promise<void> {
    await this.#staging.makeFolder();
    await pipeline(this.#chunks(options), createWriteStream(this.path));
  }

  async *#chunks(options: Parameters<typeof deletedRows>[2]): AsyncGenerator<string> {
    for (let at = 0; at < this.#vectors.length; at += VECTORS_TOGETHER) {
      const group = this.#vectors.slice(at, at + VECTORS_TOGETHER);
      const read = group.map(({ vector }) => deletedRows(this.#place, vector, options));
      // No request outlives the failure of another.
      await Promise.allSettled(read);
      for (const [index, rows] of (await Promise.all(read)).entries()) yield* lines(group[index]?.file ?? 0, rows);
    }
  }
}

function* lines(file: number, rows: readonly number[]): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += `${file},${row}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

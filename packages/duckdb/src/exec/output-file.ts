import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '@planscope/plan';
import type { FileOptions } from '../sql/file-options.ts';
import type { FileFormat } from '../sql/input-binding.ts';

/** Rows written into one new file. */
export interface FileOutput {
  readonly kind: 'file';
  readonly format: FileFormat;
  /** Folder that exists; the file gets a name of its own in it. */
  readonly folder: string;
  /** Options of COPY, for example `{ compression: 'zstd' }`. */
  readonly options?: FileOptions;
}

/** The file that one execution writes. */
export class OutputFile {
  readonly output: FileOutput;
  readonly path: string;

  constructor(output: FileOutput) {
    this.output = output;
    this.path = join(output.folder, `${randomUUID()}.${output.format}`);
  }

  /** @param rows written into it */
  async artifact(rows: number): Promise<Artifact> {
    const { size } = await stat(this.path);
    return { path: this.path, bytes: size, format: this.output.format, rows, dispose: () => this.remove() };
  }

  remove(): Promise<void> {
    return rm(this.path, { force: true });
  }
}

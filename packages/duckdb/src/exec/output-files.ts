import { randomUUID } from 'node:crypto';
import { rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBMapValue, type DuckDBValue } from '@duckdb/node-api';
import type { Artifact } from '@planscope/plan';
import type { CopyTarget } from '../sql/compose-query.ts';
import type { DuckLakeTable, FileFormat } from '../sql/input-binding.ts';
import type { FileOptions } from '../sql/quote.ts';

/** Rows written into one new file. */
export interface FileOutput {
  readonly kind: 'file';
  readonly format: FileFormat;
  /** An existing folder; the file gets a unique name in it. */
  readonly folder: string;
  /** Options of COPY, for example `{ compression: 'zstd' }`. */
  readonly options?: FileOptions;
}

/**
 * Rows written into new files, each of which has rows with equal values in some columns. Without rows, there are no files. A file has
 * all other columns, of which there must be one.
 */
export interface PartitionedOutput extends Omit<FileOutput, 'kind'> {
  readonly kind: 'partitioned';
  /** Names of the columns, which have the type VARCHAR; at least one. */
  readonly partitionBy: readonly string[];
}

/** Rows written into a table of an attached catalogue. */
export interface TableOutput {
  readonly kind: 'table';
  readonly table: Pick<DuckLakeTable, 'catalogue' | 'schema' | 'table'>;
  /** `append`: columns are matched by name. `create` fails if the table exists. */
  readonly mode: 'append' | 'create' | 'overwrite';
}

/** What a COPY statement returned: one row for each list of values. */
export type CopyResult = readonly (readonly DuckDBValue[])[];

/** The files that one execution writes. */
export interface OutputFiles extends CopyTarget {
  /** The file, or the folder with a slash at its end. */
  readonly path: string;
  /** Position of the number of rows in each row of the result of COPY. */
  readonly countColumn: number;
  artifacts(result: CopyResult): Promise<Artifact[]>;
  remove(): Promise<void>;
}

/** The files for an output. */
export function outputFiles(output: FileOutput | PartitionedOutput): OutputFiles {
  return output.kind === 'file' ? new OutputFile(output) : new PartitionFiles(output);
}

class OutputFile implements OutputFiles {
  readonly format: FileFormat;
  readonly path: string;
  readonly options: FileOptions;
  readonly countColumn = 0;

  constructor({ format, folder, options = {} }: FileOutput) {
    this.format = format;
    this.path = join(folder, `${randomUUID()}.${format}`);
    this.options = options;
  }

  async artifacts([row]: CopyResult): Promise<Artifact[]> {
    const { size } = await stat(this.path);
    const rows = Number(row?.[this.countColumn] ?? 0);
    return [{ path: this.path, bytes: size, format: this.format, rows, dispose: () => this.remove() }];
  }

  remove(): Promise<void> {
    return rm(this.path, { force: true });
  }
}

class PartitionFiles implements OutputFiles {
  readonly format: FileFormat;
  readonly path: string;
  readonly options: FileOptions;
  readonly partitionBy: readonly string[];
  readonly countColumn = 1;

  constructor({ format, folder, partitionBy, options = {} }: PartitionedOutput) {
    this.format = format;
    this.path = `${join(folder, randomUUID())}/`;
    this.partitionBy = partitionBy;
    this.options = {
      ...options,
      // Folders named after the values would be the same for null and for "__HIVE_DEFAULT_PARTITION__".
      hive_file_pattern: false,
      filename_pattern: '{uuid}',
      return_stats: true,
    };
  }

  /** @param result filename, count, file_size_bytes, footer_size_bytes, column_statistics, partition_keys */
  async artifacts(result: CopyResult): Promise<Artifact[]> {
    if (result.length === 0) await this.remove();
    return result.map(([path, count, size, , , keys]) => ({
      path: String(path),
      bytes: Number(size),
      format: this.format,
      rows: Number(count),
      partition: textsOf(keys),
      dispose: () => this.#dispose(String(path)),
    }));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  async #dispose(path: string): Promise<void> {
    await rm(path, { force: true });
    // Only the last file leaves the folder empty.
    await rmdir(this.path).catch(() => {});
  }
}

function textsOf(keys: DuckDBValue | undefined): Readonly<Record<string, string | null>> {
  const entries = keys instanceof DuckDBMapValue ? keys.entries : [];
  return Object.fromEntries(entries.map(({ key, value }) => [String(key), value === null ? null : String(value)]));
}

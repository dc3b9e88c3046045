import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { type Data, RecordBatch, type Schema, Struct } from 'apache-arrow';
import { DuckDBError } from '../duckdb-error.ts';
import { arrowData } from './arrow-data.ts';
import { type ArrowColumns, arrowColumns } from './arrow-schema.ts';
import { VectorView } from './vector-view.ts';

/** A source of chunks: a streaming or materialized result of the driver, or a wrapper around one. */
export interface ChunkSource {
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
  /** Returns the next chunk; null or a chunk without rows means the end. */
  fetchChunk(): Promise<DuckDBDataChunk | null>;
}

/** How chunks are converted to batches. */
export interface RecordBatchOptions {
  /** Rows of a batch; only the last batch may have fewer. Default: 65,536. */
  readonly batchRows?: number;
  /**
   * Ends the stream with the signal's reason. It is checked before and after each fetch; to stop a running fetch,
   * interrupt the connection as well.
   */
  readonly signal?: AbortSignal;
  /**
   * Called once after the last chunk, before the last batch is returned. If it throws, its error ends the stream. Use
   * it to check whether DuckDB cut the stream short, which the driver does not report.
   */
  readonly onEnd?: () => void | Promise<void>;
}

/** Batches that are created on demand. The schema is available from the start, even if there are no batches. */
export interface RecordBatchStream extends AsyncIterableIterator<RecordBatch> {
  readonly schema: Schema;
}

/**
 * Converts the chunks of a DuckDB result to Arrow record batches. Chunks are fetched only when a requested batch needs
 * them, and returned batches are not kept.
 *
 * @throws DuckDBError for invalid options
 * @throws ArrowConversionError for a type that cannot be converted; the stream throws it for a value that cannot be
 * converted
 */
export function recordBatches(source: ChunkSource, options: RecordBatchOptions = {}): RecordBatchStream {
  const { batchRows = 65_536 } = options;
  if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
    throw new DuckDBError('invalid-option', `batchRows is ${String(batchRows)}; use a whole number from 1 up`);
  }
  const columns = arrowColumns(source.columnNames(), source.columnTypes());
  const batches = pullBatches(source, columns, { ...options, batchRows });
  return Object.assign(batches, { schema: columns.schema });
}

interface ChunkSlice {
  readonly chunk: DuckDBDataChunk;
  readonly from: number;
  readonly count: number;
}

async function* pullBatches(
  source: ChunkSource,
  columns: ArrowColumns,
  { batchRows, signal, onEnd }: RecordBatchOptions & { readonly batchRows: number },
): AsyncGenerator<RecordBatch, undefined> {
  let slices: ChunkSlice[] = [];
  let rows = 0;
  const takeBatch = (): RecordBatch => {
    const batch = buildBatch(columns, slices, rows);
    slices = [];
    rows = 0;
    return batch;
  };
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await source.fetchChunk();
    signal?.throwIfAborted();
    if (!chunk || chunk.rowCount === 0) break;
    const { rowCount } = chunk;
    for (let from = 0; from < rowCount; ) {
      const count = Math.min(rowCount - from, batchRows - rows);
      slices.push({ chunk, from, count });
      rows += count;
      from += count;
      if (rows === batchRows) {
        yield takeBatch();
        signal?.throwIfAborted();
      }
    }
  }
  await onEnd?.();
  if (rows > 0) yield takeBatch();
}

function buildBatch({ schema, builders }: ArrowColumns, slices: readonly ChunkSlice[], rows: number): RecordBatch {
  const children = builders.map((builder, column) =>
    builder.build(
      slices.map(({ chunk, from, count }) => ({ vector: VectorView.ofColumn(chunk, column), from, count })),
      rows,
    ),
  );
  return new RecordBatch(schema, arrowData(new Struct(schema.fields), rows, {}, { children }) as Data<Struct>);
}

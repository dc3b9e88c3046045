import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { type Data, RecordBatch, type Schema, Struct } from 'apache-arrow';
import { DuckDBError } from '../duckdb-error.ts';
import { arrowData } from './arrow-data.ts';
import { type ArrowColumns, arrowColumns } from './arrow-schema.ts';
import { VectorView } from './vector-view.ts';

/** Where chunks come from: a result of the driver, streaming or not, or something around one. */
export interface ChunkSource {
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
  /** The next chunk; null or a chunk without rows is the end. */
  fetchChunk(): Promise<DuckDBDataChunk | null>;
}

/** How chunks become batches. */
export interface RecordBatchOptions {
  /** Rows of a batch; only the last one may have fewer. @default 65536 */
  readonly batchRows?: number;
  /**
   * Ends the stream with the signal's reason. It is looked at before and after each chunk: to cut short a chunk that
   * DuckDB is working on, interrupt the connection as well.
   */
  readonly signal?: AbortSignal;
  /**
   * Called once when the chunks have ended, before the last batch is handed out. What it throws ends the stream: the
   * place to find out that DuckDB cut a stream short, which the driver does not say.
   */
  readonly onEnd?: () => void | Promise<void>;
}

/** Batches that are made when asked for; the schema is known before, and also when there are none. */
export interface RecordBatchStream extends AsyncIterableIterator<RecordBatch> {
  readonly schema: Schema;
}

/**
 * Turns the chunks of a DuckDB result into Arrow record batches. No chunk is fetched before a batch is asked for, no
 * more of them than the batch needs, and nothing of a batch is kept once it is handed out.
 * @throws DuckDBError for bad options
 * @throws ArrowConversionError for a column that cannot be converted; from the stream for a value that cannot
 */
export function recordBatches(source: ChunkSource, options: RecordBatchOptions = {}): RecordBatchStream {
  const { batchRows = 65_536 } = options;
  if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
    throw new DuckDBError('invalid-option', `batchRows is ${String(batchRows)}; use a whole number from 1 on`);
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

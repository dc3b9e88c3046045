import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance, INTEGER } from '@duckdb/node-api';
import type { RecordBatch } from 'apache-arrow';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { chunkOf, chunkSource } from './fixtures/chunk-source.ts';
import { collectBatches, readColumn } from './fixtures/read-arrow-value.ts';
import { type ChunkSource, recordBatches } from './record-batches.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
});

/** Chunks with the given numbers of rows and the values 0, 1, 2, … */
function numberedChunks(...sizes: readonly number[]): DuckDBDataChunk[] {
  let next = 0;
  return sizes.map((size) =>
    chunkOf(
      INTEGER,
      Array.from({ length: size }, () => next++),
    ),
  );
}

const columns = { n: INTEGER };

function isCollected(reference: WeakRef<object> | undefined): boolean {
  globalThis.gc?.();
  return reference?.deref() === undefined;
}

describe('sizes', () => {
  test('every batch has `batchRows` rows, except the last', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 120 }), async (chunkSizes, batchRows) => {
        const rows = chunkSizes.reduce((sum, size) => sum + size, 0);
        const stream = recordBatches(chunkSource(columns, numberedChunks(...chunkSizes)), { batchRows });
        const batches = await collectBatches(stream);
        const full = Math.floor(rows / batchRows);
        const expected = [...Array(full).fill(batchRows), ...(rows % batchRows ? [rows % batchRows] : [])];
        expect(batches.map(({ numRows }) => numRows)).toEqual(expected);
        expect(readColumn(batches, 0)).toEqual(Array.from({ length: rows }, (_, row) => BigInt(row)));
      }),
    );
  });

  test('a batch has 65,536 rows by default', async () => {
    const batches = await collectBatches(recordBatches(await connection.stream('FROM range(100_000)')));
    expect(batches.map(({ numRows }) => numRows)).toEqual([65_536, 34_464]);
  });

  test('an empty result has a schema and no batches', async () => {
    const stream = recordBatches(await connection.run('SELECT 1 AS a, 2 AS b WHERE false'));
    expect(stream.schema.fields.map(String)).toEqual(['a: Int32', 'b: Int32']);
    expect(await collectBatches(stream)).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d rows in a batch are refused before anything is fetched',
    (batchRows) => {
      const source = chunkSource(columns, numberedChunks(1));
      expect(() => recordBatches(source, { batchRows })).toThrow(`batchRows is ${batchRows}; use a whole number`);
      expect(source.fetches()).toBe(0);
    },
  );
});

describe('back pressure', () => {
  test('chunks are fetched only when a batch needs them', async () => {
    const source = chunkSource(columns, numberedChunks(10, 10, 10, 10));
    const stream = recordBatches(source, { batchRows: 15 });
    await new Promise(setImmediate);
    expect(source.fetches()).toBe(0);
    await stream.next();
    await new Promise(setImmediate);
    expect(source.fetches()).toBe(2);
    await stream.next();
    expect(source.fetches()).toBe(3);
  });

  test('a chunk that fills several batches is fetched once', async () => {
    const source = chunkSource(columns, numberedChunks(10));
    const stream = recordBatches(source, { batchRows: 3 });
    for (let batch = 0; batch < 3; batch++) await stream.next();
    expect(source.fetches()).toBe(1);
  });

  test('nothing is fetched after the consumer has stopped', async () => {
    const source = chunkSource(columns, numberedChunks(10, 10, 10));
    const stream = recordBatches(source, { batchRows: 10 });
    for await (const batch of stream) {
      expect(batch.numRows).toBe(10);
      break;
    }
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(source.fetches()).toBe(1);
  });

  test('overlapping calls get the batches in order', async () => {
    const stream = recordBatches(chunkSource(columns, numberedChunks(4, 4)), { batchRows: 3 });
    const results = await Promise.all(Array.from({ length: 4 }, () => stream.next()));
    expect(results.map(({ value }) => value?.numRows)).toEqual([3, 3, 2, undefined]);
  });

  test('a returned batch and its chunks are not kept', async () => {
    const kept: WeakRef<object>[] = [];
    const chunks = numberedChunks(10, 10, 10);
    const source: ChunkSource = {
      ...chunkSource(columns, []),
      fetchChunk: async () => {
        const chunk = chunks.shift() ?? null;
        if (chunk) kept.push(new WeakRef(chunk));
        return chunk;
      },
    };
    const stream = recordBatches(source, { batchRows: 10 });
    const takeBatch = async (): Promise<WeakRef<RecordBatch>> =>
      new WeakRef((await stream.next()).value as RecordBatch);
    const batch = await takeBatch();
    await expect.poll(() => isCollected(batch)).toBe(true);
    await takeBatch();
    await expect.poll(() => isCollected(kept[0])).toBe(true);
    expect((await stream.next()).done).toBe(false);
  });
});

describe('ends', () => {
  test('onEnd is called once, after the last chunk and before the last batch', async () => {
    const onEnd = vi.fn();
    const stream = recordBatches(chunkSource(columns, numberedChunks(5)), { batchRows: 3, onEnd });
    await stream.next();
    expect(onEnd).not.toHaveBeenCalled();
    expect((await stream.next()).value?.numRows).toBe(2);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect((await stream.next()).done).toBe(true);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  test('an error of onEnd replaces the last batch', async () => {
    const lost = new Error('lost');
    const stream = recordBatches(chunkSource(columns, numberedChunks(5)), {
      batchRows: 3,
      onEnd: async () => {
        throw lost;
      },
    });
    expect((await stream.next()).value?.numRows).toBe(3);
    await expect(stream.next()).rejects.toBe(lost);
    expect((await stream.next()).done).toBe(true);
  });

  test('onEnd can detect a stream that DuckDB cut short', async () => {
    const sql = "SELECT CASE WHEN i = 150_000 THEN error('boom') ELSE i END AS c FROM range(300_000) AS t(i)";
    const result = await connection.stream(sql);
    const stream = recordBatches(result, {
      onEnd: () => {
        if (result.statementType === 0) throw new Error('cut short');
      },
    });
    await expect(collectBatches(stream)).rejects.toThrow('cut short');
  });

  test('an error of the source is passed on unaltered', async () => {
    const broken = new Error('broken');
    const source = { ...chunkSource(columns, []), fetchChunk: () => Promise.reject(broken) };
    await expect(recordBatches(source).next()).rejects.toBe(broken);
  });

  test('an aborted signal ends the stream with its reason, before a chunk is fetched', async () => {
    const source = chunkSource(columns, numberedChunks(5));
    const reason = new Error('no longer wanted');
    const stream = recordBatches(source, { signal: AbortSignal.abort(reason) });
    await expect(stream.next()).rejects.toBe(reason);
    expect(source.fetches()).toBe(0);
  });

  test('a signal ends the stream even in the middle of a chunk', async () => {
    const controller = new AbortController();
    const stream = recordBatches(chunkSource(columns, numberedChunks(9)), { batchRows: 3, signal: controller.signal });
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toThrow('aborted');
  });

  test('a signal that is aborted during a fetch discards the chunk', async () => {
    const controller = new AbortController();
    const [chunk] = numberedChunks(5);
    const onEnd = vi.fn();
    const source = {
      ...chunkSource(columns, []),
      fetchChunk: async () => {
        controller.abort();
        return chunk ?? null;
      },
    };
    await expect(recordBatches(source, { signal: controller.signal, onEnd }).next()).rejects.toThrow('aborted');
    expect(onEnd).not.toHaveBeenCalled();
  });
});

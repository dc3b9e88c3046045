import {
  ARRAY,
  arrayValue,
  type DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  LIST,
  listValue,
  STRUCT,
  structValue,
  UNION,
  unionValue,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { expect, test } from 'vitest';
import { chunkOf, chunkSource } from './fixtures/chunk-source.ts';
import { collectBatches, readColumn } from './fixtures/read-arrow-value.ts';
import { recordBatches } from './record-batches.ts';

// Rare contents of vectors, which these tests write into chunks byte by byte.

/** Makes rows of the first column null without changing their child vectors. */
function setValidity(chunk: DuckDBDataChunk, bits: bigint): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, BigUint64Array.of(bits).buffer, 0, 8);
}

/** Writes the offsets and lengths of the lists of the first column. */
function setListEntries(chunk: DuckDBDataChunk, ...entries: readonly bigint[]): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
  duckdb.copy_data_to_vector(vector, 0, BigUint64Array.from(entries).buffer, 0, entries.length * 8);
}

test('lists may share elements, skip elements, and be stored in any order', async () => {
  const type = LIST(VARCHAR);
  const words = ['zero', 'one', 'two', 'a longer word: three', 'a longer word: four', 'five'];
  const chunk = chunkOf(type, [listValue(words), listValue([]), listValue([]), listValue([]), listValue([])]);
  setListEntries(chunk, 3n, 2n, 0n, 3n, 2n ** 40n, 2n ** 31n, 2n, 2n, 5n, 0n);
  setValidity(chunk, 0b11011n);
  const batches = await collectBatches(recordBatches(chunkSource({ c: type }, [chunk])));
  expect(readColumn(batches, 0)).toEqual([words.slice(3, 5), words.slice(0, 3), null, words.slice(2, 4), []]);
  expect(batches[0]?.data.children[0]?.children[0]?.length).toBe(7);
});

test('the entries of a null struct are null', async () => {
  const type = STRUCT({ n: INTEGER, s: STRUCT({ text: VARCHAR }) });
  const row = structValue({ n: 1, s: structValue({ text: 'left over from before' }) });
  const chunk = chunkOf(type, [row, row, row]);
  setValidity(chunk, 0b101n);
  const batches = await collectBatches(recordBatches(chunkSource({ c: type }, [chunk])));
  const [n, s] = batches[0]?.data.children[0]?.children ?? [];
  expect([n?.nullCount, s?.nullCount, s?.children[0]?.nullCount]).toEqual([1, 1, 1]);
  expect(s?.children[0]?.values).toHaveLength(2 * 'left over from before'.length);
});

test('the elements of a null array are null', async () => {
  const type = ARRAY(VARCHAR, 2);
  const row = arrayValue(['left over from before', 'short']);
  const chunk = chunkOf(type, [row, row, row]);
  setValidity(chunk, 0b110n);
  const batches = await collectBatches(recordBatches(chunkSource({ c: type }, [chunk])));
  const items = ['left over from before', 'short'];
  expect(readColumn(batches, 0)).toEqual([null, items, items]);
  expect(batches[0]?.data.children[0]?.children[0]?.nullCount).toBe(2);
});

test('the inactive members of a union are null', async () => {
  const type = UNION({ n: INTEGER, text: VARCHAR });
  const chunk = chunkOf(type, [unionValue('text', 'left over from before'), unionValue('n', 2)]);
  const tags = duckdb.struct_vector_get_child(duckdb.data_chunk_get_vector(chunk.chunk, 0), 0);
  duckdb.copy_data_to_vector(tags, 0, Uint8Array.of(0, 0).buffer, 0, 2);
  const batches = await collectBatches(recordBatches(chunkSource({ c: type }, [chunk])));
  expect(readColumn(batches, 0)).toEqual([
    { member: 0, value: null },
    { member: 0, value: 2n },
  ]);
  expect(batches[0]?.data.children[0]?.children[1]?.nullCount).toBe(2);
});

test('values outlive their chunks', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const sql = "SELECT 'a text of some length, number ' || i AS text, [i, i + 1] AS numbers FROM range(20_000) AS t(i)";
  const batches = await collectBatches(recordBatches(await connection.stream(sql), { batchRows: 5000 }));
  connection.closeSync();
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  const texts = readColumn(batches, 0);
  const numbers = readColumn(batches, 1);
  for (let i = 0; i < 20_000; i++) {
    expect(texts[i]).toBe(`a text of some length, number ${i}`);
    expect(numbers[i]).toEqual([BigInt(i), BigInt(i + 1)]);
  }
});

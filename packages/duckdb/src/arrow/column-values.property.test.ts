import { DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { collectBatches, type PlainValue, readColumn } from './fixtures/read-arrow-value.ts';
import { type TypedValues, typedValues } from './fixtures/typed-values.ts';
import { type ChunkSource, recordBatches } from './record-batches.ts';

let connection: Awaited<ReturnType<DuckDBInstance['connect']>>;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SET TimeZone = 'UTC'");
});

/** A source of the chunks of several queries, so that chunks are short and start at any row of a batch. */
async function sourceOf(
  type: TypedValues,
  parts: readonly (readonly PlainValue[])[],
  table: boolean,
): Promise<ChunkSource> {
  const results: DuckDBResult[] = [];
  for (const part of parts) {
    const rows = part.map((value) => `(${type.literal(value)})`).join(', ');
    const query = `SELECT c::${type.sql} AS c FROM (VALUES ${rows}) AS t(c)`;
    if (table) await connection.run(`CREATE OR REPLACE TEMP TABLE part AS ${query}`);
    results.push(await connection.run(table ? 'FROM part' : query));
  }
  const [first] = results;
  if (!first) throw new Error('no parts');
  return {
    columnNames: () => first.columnNames(),
    columnTypes: () => first.columnTypes(),
    fetchChunk: async () => {
      for (const result of results) {
        const chunk = await result.fetchChunk();
        if (chunk && chunk.rowCount > 0) return chunk;
      }
      return null;
    },
  };
}

test('every value of every type is converted without a change', async () => {
  const cases = typedValues().chain((type) => {
    const part = fc.array(type.values, { minLength: 1, maxLength: 11 });
    return fc.record({
      type: fc.constant(type),
      parts: fc.array(part, { minLength: 1, maxLength: 3 }),
      table: fc.boolean(),
      batchRows: fc.integer({ min: 1, max: 40 }),
    });
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ type, parts, table, batchRows }) => {
      const batches = await collectBatches(recordBatches(await sourceOf(type, parts, table), { batchRows }));
      expect(readColumn(batches, 0)).toEqual(parts.flat());
    }),
    { numRuns: 200 },
  );
});

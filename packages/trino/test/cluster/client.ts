import { Table } from 'apache-arrow';
import { describe, expect, it, vi } from 'vitest';
import { recordBatches } from '../../src/arrow/index.ts';
import { createTrinoClient, type TrinoClient, typedValue } from '../../src/index.ts';
import type { TestCluster } from './test-cluster.ts';

const VALUES = `SELECT * FROM (VALUES (TINYINT '1', BIGINT '9007199254740993', REAL '0.5', nan(), DECIMAL '-12.340', 'it''s ä', true,
  X'00ff', DATE '-0044-03-15', TIME '03:04:05.12', TIMESTAMP '2020-01-02 03:04:05.123456',
  TIMESTAMP '2020-01-02 03:04:05 Europe/Berlin', ARRAY[1, NULL], MAP(ARRAY[1, 2], ARRAY['x', NULL]),
  CAST(ROW(1, 'b') AS ROW(a bigint, b varchar)), NULL, JSON '{"a":1}'))`;

/** Queries, without tracing. */
export function testClient(cluster: TestCluster): void {
  const clientOf = (): TrinoClient =>
    createTrinoClient({
      server: cluster.trino.server,
      user: 'ada',
      catalog: 'tpch',
      schema: 'tiny',
      clientTags: ['tests'],
    });

  describe('the client', () => {
    it('reads a value of each type as it is', async () => {
      const { columns, rows } = await clientOf().run(VALUES);
      expect(columns.map(({ type }) => type).join(' | ')).toMatchInlineSnapshot(
        `"tinyint | bigint | real | double | decimal(5, 3) | varchar(6) | boolean | varbinary | date | time(2) | timestamp(6) | timestamp(0) with time zone | array(integer) | map(integer, varchar(1)) | row(a bigint, b varchar) | unknown | json"`,
      );
      expect(rows).toEqual([
        [
          1,
          9007199254740993n,
          0.5,
          Number.NaN,
          '-12.340',
          "it's ä",
          true,
          new Uint8Array([0, 255]),
          '-0044-03-15',
          '03:04:05.12',
          '2020-01-02 03:04:05.123456',
          '2020-01-02 03:04:05 Europe/Berlin',
          [1, null],
          new Map([
            [1, 'x'],
            [2, null],
          ]),
          { a: 1n, b: 'b' },
          null,
          '{"a":1}',
        ],
      ]);
    });

    it('reads a result as Arrow, page by page', async () => {
      const sql = 'SELECT orderkey, quantity, discount, shipdate, comment FROM lineitem';
      const batches = [];
      for await (const batch of recordBatches(await clientOf().query(sql))) batches.push(batch);
      expect(batches.length).toBeGreaterThan(1);
      const table = new Table(batches);
      const { rows } = await clientOf().run(
        "SELECT count(*), sum(orderkey), sum(quantity), sum(length(comment)), sum(date_diff('day', DATE '1970-01-01', shipdate)) FROM lineitem",
      );
      const sums = { orderkey: 0n, quantity: 0, comment: 0, shipdate: 0 };
      for (const value of table.getChild('orderkey') ?? []) sums.orderkey += value;
      for (const value of table.getChild('quantity') ?? []) sums.quantity += value;
      for (const value of table.getChild('comment') ?? []) sums.comment += value.length;
      for (const value of table.getChild('shipdate') ?? []) sums.shipdate += value / 86_400_000;
      const { orderkey, quantity, comment, shipdate } = sums;
      expect([BigInt(table.numRows), orderkey, quantity, BigInt(comment), BigInt(shipdate)]).toEqual(rows[0]);
    });

    it('passes parameters as values of their types', async () => {
      const text = "'; DROP TABLE nation --";
      const parameters = [
        text,
        5,
        2n ** 60n,
        1.5,
        true,
        null,
        new Date(0),
        typedValue('decimal(12, 2)', '1.20'),
        [1, 2],
        new Uint8Array([7]),
      ];
      const { columns, rows } = await clientOf().run(`SELECT ${parameters.map(() => '?').join(', ')}`, { parameters });
      expect(rows).toEqual([
        [text, 5, 2n ** 60n, 1.5, true, null, '1970-01-01 00:00:00.000 UTC', '1.20', [1, 2], new Uint8Array([7])],
      ]);
      expect(columns[7]?.type).toBe('decimal(12, 2)');
    });

    it('sets session properties, catalog and schema', async () => {
      const session = { query_max_run_time: '7m' };
      const { rows } = await clientOf().run("SHOW SESSION LIKE 'query_max_run_time'", { session });
      expect(rows[0]?.slice(0, 2)).toEqual(['query_max_run_time', '7m']);
      const place = await clientOf().run('SELECT current_catalog, current_schema', { schema: 'sf1' });
      expect(place.rows).toEqual([['tpch', 'sf1']]);
    });

    it('writes, and says how many rows', async () => {
      const client = clientOf();
      const made = await client.run(
        'CREATE TABLE memory.default.some_nations AS SELECT * FROM nation WHERE nationkey < ?',
        { parameters: [5] },
      );
      expect(made).toMatchObject({ updateType: 'CREATE TABLE', updateCount: 5 });
      const result = await client.query('DROP TABLE memory.default.some_nations');
      expect([result.updateType, result.columns]).toEqual(['DROP TABLE', []]);
    });

    it('ends a query in the cluster by a signal, and where the program leaves the rows', async () => {
      const client = clientOf();
      const stateOf = async (queryId: string): Promise<unknown> => {
        const { state, errorCode } = JSON.parse(await client.queryInfo(queryId));
        return [state, errorCode?.name];
      };
      const controller = new AbortController();
      const rows = await client.query('SELECT * FROM tpch.sf100.lineitem', { signal: controller.signal });
      let read = 0;
      await expect(async () => {
        for await (const row of rows) {
          read += row.length > 0 ? 1 : 0;
          if (read === 1000) controller.abort(new Error('enough'));
        }
      }).rejects.toThrow('enough');
      await vi.waitFor(async () => expect(await stateOf(rows.queryId)).toEqual(['FAILED', 'USER_CANCELED']), 10_000);
      const left = await client.query('SELECT * FROM tpch.sf100.lineitem');
      for await (const row of left) {
        expect(row).toHaveLength(16);
        break;
      }
      await vi.waitFor(async () => expect(await stateOf(left.queryId)).toEqual(['FAILED', 'USER_CANCELED']), 10_000);
    });

    it('holds a query back while nobody reads its rows', async () => {
      const client = clientOf();
      const result = await client.query('SELECT * FROM tpch.sf1.lineitem');
      const rows = result[Symbol.asyncIterator]();
      await rows.next();
      const sent = async (): Promise<number> => {
        const { queryStats } = JSON.parse(await client.queryInfo(result.queryId));
        return queryStats.outputPositions;
      };
      // The buffers of the cluster fill up first.
      let before = -1;
      let now = await sent();
      while (now !== before) {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        [before, now] = [now, await sent()];
      }
      expect(now).toBeLessThan(6_001_215 / 2);
      await rows.return();
    });
  });
}

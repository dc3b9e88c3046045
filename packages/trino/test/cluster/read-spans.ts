import { randomBytes } from 'node:crypto';
import type { OperatorReport } from '@planscope/plan/report';
import { FIELD_TABLE, METRIC_BYTES_READ } from '@planscope/semconv';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTrinoClient, readQueryInfo, toEngineReport } from '../../src/index.ts';
import type { TestCluster } from './test-cluster.ts';
import { TPCH_QUERIES } from './tpch-queries.ts';

const TABLES = ['region', 'nation', 'customer', 'orders', 'lineitem', 'part', 'partsupp', 'supplier'];

type Span = ReturnType<TestCluster['receiver']['spans']>[number];

/** Bytes by stage and table, for example `1 lineitem`. */
type BytesRead = Readonly<Record<string, number>>;

/** Bytes of each scan in the report against the spans that Trino makes of its own reads of Parquet files. */
export function testReadSpans(cluster: TestCluster): void {
  describe("bytes per scan are those of Trino's own read spans", () => {
    // Many row groups, none of whose files is read whole: a scan reads footers, and pages of the columns that it needs.
    const session = { 'lake.parquet_small_file_threshold': '0B', 'lake.parquet_writer_block_size': '200kB' };

    beforeAll(async () => {
      if (!cluster.hasLake) return;
      const client = createTrinoClient({ server: cluster.trino.server, user: 'ada', session });
      await client.run('CREATE SCHEMA lake.tpch');
      for (const table of TABLES) {
        await client.run(
          `CREATE TABLE lake.tpch.${table} WITH (format = 'PARQUET') AS SELECT * FROM tpch.tiny.${table}`,
        );
      }
    }, 180_000);
    beforeEach(({ skip }) => skip(!cluster.hasLake));

    it('for each table in each stage of ten TPC-H queries', async () => {
      const reported: Record<string, BytesRead> = {};
      const traceIds = new Map<string, string>();
      for (const [name, sql] of Object.entries(TPCH_QUERIES)) {
        const traceId = randomBytes(16).toString('hex');
        traceIds.set(traceId, name);
        reported[name] = await reportedBytes(cluster.trino.server, sql, traceId, session);
      }
      const scans = Object.values(reported).flatMap((tables) => Object.values(tables));
      expect(scans.length).toBeGreaterThan(20);
      expect(scans.every((bytes) => bytes > 0)).toBe(true);
      // Trino exports its spans every five seconds.
      await vi.waitFor(
        () => {
          const spans = cluster.receiver.spans();
          const traced = [...traceIds].map(
            ([traceId, name]) => [name, tracedBytes(spans.filter((span) => span.traceId === traceId))] as const,
          );
          expect(Object.fromEntries(traced)).toEqual(reported);
        },
        { timeout: 30_000, interval: 2_000 },
      );
    });
  });
}

async function reportedBytes(
  server: string,
  sql: string,
  traceId: string,
  session: Readonly<Record<string, string>>,
): Promise<BytesRead> {
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
  const client = createTrinoClient({ server, user: 'ada', catalog: 'lake', schema: 'tpch', session, headers });
  const { queryId } = await client.run(sql);
  const { stages = [] } = toEngineReport(readQueryInfo(await client.queryInfo(queryId)));
  return sums(stages.flatMap(({ id, operators = [] }) => operators.flatMap((operator) => reportedReads(id, operator))));
}

function reportedReads(stage: string, { scans, fields = [], metrics, children }: OperatorReport): [string, number][] {
  const below = children.flatMap((child) => reportedReads(stage, child));
  if (scans === undefined) return below;
  const table = String(fields.find(({ key }) => key === FIELD_TABLE)?.text)
    .split('.')
    .at(-1);
  const bytes = metrics.find(({ name }) => name === METRIC_BYTES_READ)?.value;
  return [[`${stage.split('.').at(-1)} ${table}`, Number(bytes)], ...below];
}

/** The reads of files of tables, each in the stage whose task made it. */
function tracedBytes(spans: readonly Span[]): BytesRead {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const attribute = (span: Span | undefined, key: string): string | undefined => {
    if (span === undefined) return undefined;
    const value = span.attributes?.[key];
    return value === undefined ? attribute(byId.get(span.parentSpanId ?? ''), key) : String(value);
  };
  return sums(
    spans.flatMap((span): [string, number][] => {
      const bytes = span.attributes?.['trino.file.read_size'];
      const stage = attribute(span, 'trino.stage_id')?.split('.').at(-1);
      const table = /^local:\/\/\/warehouse\/tpch\/(\w+)\//.exec(attribute(span, 'trino.file.location') ?? '')?.[1];
      return bytes === undefined || stage === undefined || table === undefined
        ? []
        : [[`${stage} ${table}`, Number(bytes)]];
    }),
  );
}

function sums(reads: readonly (readonly [string, number])[]): BytesRead {
  const found: Record<string, number> = {};
  for (const [key, bytes] of reads) found[key] = (found[key] ?? 0) + bytes;
  return found;
}

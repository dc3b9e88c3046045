import type { OperatorReport } from '@planscope/plan/report';
import { METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { afterAll, describe, expect, it } from 'vitest';
import { createTrinoClient, readQueryInfo, toEngineReport } from '../../src/index.ts';
import type { TestCluster } from './test-cluster.ts';
import { TPCH_QUERIES } from './tpch-queries.ts';

/** The rows of each plan node by fragment, as EXPLAIN ANALYZE writes them, in the order of the plan. */
function explainedRows(text: string): Map<string, number[]> {
  const fragments = text.split(/\nFragment (\d+) /).slice(1);
  const found = new Map<string, number[]>();
  for (let index = 0; index < fragments.length; index += 2) {
    const lines = (fragments[index + 1] ?? '').split('\n').slice(1);
    const rows = lines.flatMap((line) => /CPU: .*Scheduled: .*Blocked: .*Output: (\d+) rows?\b/.exec(line)?.[1] ?? []);
    found.set(fragments[index] ?? '', rows.map(Number));
  }
  return found;
}

function reportedRows(operators: readonly OperatorReport[]): (number | undefined)[] {
  return operators.flatMap(({ metrics, children }) => {
    const rows = metrics.find(({ name }) => name === METRIC_OUTPUT_ROWS)?.value;
    return [rows === undefined ? undefined : Number(rows), ...reportedRows(children)];
  });
}

/** The schema of the connector `tpch`: `sf1` has six million rows in its largest table. */
const schema = process.env.PLANSCOPE_TEST_TPCH_SCHEMA ?? 'tiny';

/** Numbers of the report against EXPLAIN ANALYZE of the same execution. */
export function testGroundTruth(cluster: TestCluster): void {
  describe(`rows per plan node are those of EXPLAIN ANALYZE of the same execution, on ${schema}`, () => {
    let nodes = 0;
    afterAll(() => {
      if (schema !== 'tiny') console.log(`rows of ${nodes} plan nodes were equal on ${schema}`);
    });

    it.each(Object.entries(TPCH_QUERIES))('%s', { timeout: 600_000 }, async (_, sql) => {
      const client = createTrinoClient({ server: cluster.trino.server, user: 'ada', catalog: 'tpch', schema });
      const { queryId, rows } = await client.run(`EXPLAIN ANALYZE ${sql}`);
      const report = toEngineReport(readQueryInfo(await client.queryInfo(queryId)));
      const explained = explainedRows(String(rows[0]?.[0]));
      expect(explained.size).toBeGreaterThan(0);
      // The top stage makes the text itself and is not in it.
      const stages = new Map(report.stages?.map(({ id, operators = [] }) => [id.split('.').at(-1) ?? '', operators]));
      for (const [fragment, expected] of explained) {
        const found = reportedRows(stages.get(fragment) ?? []);
        expect(found, `fragment ${fragment}`).toEqual(expected);
        nodes += expected.length;
      }
    });
  });
}

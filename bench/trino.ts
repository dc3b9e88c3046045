/**
 * What tracing adds to queries on a Trino cluster, beside the query itself: the rows with and without it, and, after the
 * last row, the request for the report, its parsing and its drawing. Starts a coordinator and a worker.
 *
 *     PLANSCOPE_TEST_TRINO="$(.ci/trino 483 600 tpch memory)" pnpm tsx bench/trino.ts [rounds] [schema]
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { TrinoCluster } from '../internal/src/trino-cluster.ts';
import { createSpanRecorder } from '../packages/testing/src/index.ts';
import { createTrinoClient, readReport, type TrinoClient, traceTrino } from '../packages/trino/src/index.ts';
import { TPCH_QUERIES } from '../packages/trino/test/cluster/tpch-queries.ts';

const CASES: Readonly<Record<string, string>> = {
  'SELECT 42': 'SELECT 42',
  'TPC-H Q3': TPCH_QUERIES.Q3 ?? '',
  'TPC-H Q5': TPCH_QUERIES.Q5 ?? '',
  '150,000 rows': 'SELECT * FROM customer',
};

const installation = process.env.PLANSCOPE_TEST_TRINO;
const [rounds = '15', schema = 'sf1'] = process.argv.slice(2);

if (installation === undefined) {
  console.log('left out: PLANSCOPE_TEST_TRINO does not name the folder of .ci/trino');
} else {
  const cluster = await TrinoCluster.start({ installation });
  try {
    await measure(cluster.server, Number(rounds));
  } finally {
    await cluster.stop();
  }
}

async function measure(server: string, count: number): Promise<void> {
  const recorder = createSpanRecorder();
  const options = { server, user: 'bench', catalog: 'tpch', schema };
  const plain = createTrinoClient(options);
  const traced = traceTrino({ ...options, tracerProvider: recorder.tracerProvider });
  console.log(`medians of ${count} rounds, in ms, ${schema}; traced and untraced take turns\n`);
  console.log(
    '| Case | rows, untraced | rows, traced | report kB | request | parse and read | until drawn | longest stall |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, sql] of Object.entries(CASES)) {
    const found = { untraced: [0], traced: [0], kilobytes: [0], request: [0], read: [0], drawn: [0], stall: [0] };
    for (const times of Object.values(found)) times.pop();
    await plain.run(sql);
    for (let round = 0; round < count; round++) {
      const isFirst = round % 2 === 0;
      if (isFirst) found.untraced.push(await timed(() => readAll(plain, sql)));
      let queryId = '';
      found.traced.push(
        await timed(async () => {
          queryId = await readAll(traced, sql);
        }),
      );
      const stalls = monitorEventLoopDelay({ resolution: 1 });
      stalls.enable();
      found.drawn.push(await timed(() => traced.flush()));
      stalls.disable();
      found.stall.push(stalls.max / 1e6);
      recorder.clear();
      if (!isFirst) found.untraced.push(await timed(() => readAll(plain, sql)));
      let json = '';
      found.request.push(
        await timed(async () => {
          json = await plain.queryInfo(queryId);
        }),
      );
      found.kilobytes.push(json.length / 1000);
      found.read.push(await timed(() => readReport(json)));
    }
    const cells = Object.values(found).map((values) => median(values).toFixed(1));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** Reads the rows one after the other; returns the id of the query. */
async function readAll(client: TrinoClient, sql: string): Promise<string> {
  const result = await client.query(sql);
  let rows = 0;
  for await (const row of result) rows += row.length > 0 ? 1 : 0;
  if (rows === 0) throw new Error('the query returned no rows');
  return result.queryId;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

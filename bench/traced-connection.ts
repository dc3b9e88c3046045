// What tracing adds to a query of a program's own connection: paired medians over alternating rounds.
import { DuckDBInstance } from '@duckdb/node-api';
import { traceConnection } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';

const ROUNDS = 300;
const queries = {
  'SELECT 42': 'SELECT 42',
  'group-by over 3,000,000 rows': 'SELECT range % 100 AS k, count(*) FROM range(3000000) GROUP BY k',
};

const recorder = createSpanRecorder();
const instance = await DuckDBInstance.create();
const bare = await instance.connect();
const traced = traceConnection(await instance.connect(), { tracerProvider: recorder.tracerProvider });

async function timed(connection: typeof bare, sql: string): Promise<number> {
  const start = performance.now();
  await connection.runAndReadAll(sql);
  return performance.now() - start;
}

const median = (values: number[]): number =>
  values.sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

for (const [name, sql] of Object.entries(queries)) {
  const rounds = name === 'SELECT 42' ? ROUNDS : ROUNDS / 6;
  const [without, within, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0;
    const one = await timed(first ? bare : traced, sql);
    const other = await timed(first ? traced : bare, sql);
    const [plain, withSpans] = first ? [one, other] : [other, one];
    without.push(plain);
    within.push(withSpans);
    ratios.push(withSpans / plain);
    recorder.clear();
  }
  const figures = `${median(without).toFixed(2)} ms bare, ${median(within).toFixed(2)} ms traced`;
  console.log(`${name.padEnd(30)} ${figures}, paired median ratio ${median(ratios).toFixed(2)}`);
}
traced.closeSync();
bare.closeSync();

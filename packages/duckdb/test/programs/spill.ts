// Spills on a traced connection and on an untraced one beside it, and prints how often each came to its end.
import { DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { flush, traceConnection } from '../../src/index.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const instance = await DuckDBInstance.create(':memory:', { memory_limit: '200MB', threads: '2' });
const untraced = await instance.connect();
const connections = await Promise.all([1, 2].map(() => instance.connect()));
const [first, second] = connections.map((connection) =>
  traceConnection(connection, { tracerProvider, events: { instance }, preset: 'maximal', warn: () => {} }),
);
const sort = (rows: number): string =>
  `SELECT count(*) FROM (SELECT range, repeat(md5(range::VARCHAR), 4) AS text FROM range(${rows}) ORDER BY text) WHERE range >= 0`;
let busy = 0;
let isOver = false;
const others = (async () => {
  while (!isOver) {
    await second?.run('SELECT 42');
    busy += 1;
  }
})();
await Promise.all([first?.run(sort(1_500_000)), untraced.run(sort(1_500_000))]);
await first?.run(sort(1_000_000));
isOver = true;
await others;
await flush();
const spilled = recorder
  .spans()
  .some(({ attributes }) => Number(attributes['planscope.metrics.peak_temporary_storage']) > 0);
first?.closeSync();
second?.closeSync();
untraced.closeSync();
console.log(JSON.stringify({ spilled, isBusy: busy > 10 }));
process.exit(0);

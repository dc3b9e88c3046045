// Locks the configuration behind a traced connection, and prints whether EXPLAIN ANALYZE then gives what it gives untraced.
import { DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { flush, traceConnection } from '../../src/index.ts';

const { tracerProvider } = createSpanRecorder();
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const untraced = await instance.connect();
const codes: string[] = [];
const warn = ({ code }: { readonly code: string }): void => void codes.push(code);
const traced = traceConnection(await instance.connect(), { tracerProvider, warn });
await untraced.run('CREATE TABLE t AS SELECT range AS i, range % 7 AS k FROM range(300000)');
const queries = [
  'SELECT sum(i) FROM t WHERE i >= 200000',
  'SELECT k, count(*) AS n, max(i) FROM t GROUP BY k ORDER BY n LIMIT 3',
  'SELECT a.i FROM t a JOIN t b USING (i)',
];
await traced.run('SELECT 1');
await untraced.run('SET lock_configuration = true');
// The profiler is switched off for a statement that could show its settings.
await traced.run(`SELECT current_setting('enable_profiling')`);
const explains = ['EXPLAIN ANALYZE', 'EXPLAIN (ANALYZE, FORMAT JSON)'];
const shapes: string[] = [];
for (let round = 0; round < 12; round += 1) {
  for (const sql of queries) {
    await traced.run(sql);
    for (const explain of explains) {
      const texts = [traced, untraced].map(async (connection) => {
        const reader = await connection.runAndReadAll(`${explain} ${sql}`);
        return String(reader.getRows()[0]?.[1]);
      });
      // Times differ, and so the widths of boxes.
      const [one, other] = (await Promise.all(texts)).map((text) => (text.startsWith('{') ? 'json' : 'boxes'));
      shapes.push(`${one} ${other}`);
    }
  }
}
await flush();
traced.closeSync();
untraced.closeSync();
console.log(JSON.stringify({ shapes: [...new Set(shapes)], codes }));

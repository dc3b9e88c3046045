// The same as query.mjs, for programs that are CommonJS.
const { writeFileSync } = require('node:fs');
const { startTracing } = require('@planscope/bootstrap');
const { resolveTracingConfig } = require('@planscope/config');
const { createEngine } = require('@planscope/engine');

async function main() {
  writeFileSync('flights.csv', 'origin,delay\nHAM,5\nHAM,15\nMUC,40\n');
  const explicit = { exporters: ['file'], file: { path: 'trace.jsonl' } };
  const tracing = startTracing(resolveTracingConfig({ preset: 'maximal', explicit }).config);
  const engine = await createEngine({ tracing: { preset: 'maximal' }, tracerProvider: tracing.tracerProvider });
  const { batches, result } = await engine.stream({
    sql: 'SELECT origin, avg(delay) AS delay FROM flights GROUP BY origin ORDER BY origin',
    inputs: [{ name: 'flights', location: 'flights.csv' }],
  });
  const rows = [];
  for await (const batch of batches) for (const row of batch) rows.push(row.toJSON());
  await result;
  await engine.close();
  await tracing.shutdown();

  let refusal = '';
  try {
    resolveTracingConfig({ preset: 'nonsense' });
  } catch (error) {
    refusal = error.message;
  }
  console.log(JSON.stringify({ rows, refusal }));
}

main();

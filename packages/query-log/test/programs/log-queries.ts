// Runs traced queries whose log the pipeline keeps, then ends as asked.
import { DuckDBInstance } from '@duckdb/node-api';
import { trace } from '@opentelemetry/api';
import { doctor, startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { traceConnection } from '@planscope/duckdb';
import type { QueryLogOptions } from '../../src/index.ts';

const { ENDING, QUERIES = '3' } = process.env;
const { config } = resolveTracingConfig();
// The pipeline passes them on as they are.
config.queryLog satisfies QueryLogOptions;
if (ENDING === 'not installed') {
  process.chdir('/');
  process.argv[1] = '/program.js';
}
if (ENDING === 'doctor') {
  console.log(JSON.stringify((await doctor(config)).findings.filter(({ subject }) => subject === 'query-log')));
  process.exit();
}
if (ENDING === 'registered') {
  // The flag has started the pipeline. The log writes between the queries, again and again.
  const own = await (await DuckDBInstance.create(':memory:')).connect();
  const rounds = 10;
  for (let index = 0; index < rounds; index += 1) {
    await own.run(`SELECT ${index}`);
    await (trace.getTracerProvider() as unknown as { getDelegate(): Flushing }).getDelegate().forceFlush();
  }
  console.log(rounds);
} else {
  await traceHere();
}

interface Flushing {
  forceFlush(): Promise<void>;
}

async function traceHere(): Promise<void> {
  const tracing = startTracing(config);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = traceConnection(await instance.connect());
  for (let index = 0; index < Number(QUERIES); index += 1) await connection.run(`SELECT ${index}`);
  switch (ENDING) {
    case 'shutdown':
      await tracing.shutdown();
      console.log(JSON.stringify(tracing.stats()));
      break;
    case 'flush, exit':
      await tracing.flush();
      process.exit();
      break;
    case 'exit':
      setTimeout(() => process.exit(), 500);
      break;
    case 'forever':
      for (;;) {
        await connection.run('SELECT 42');
        await tracing.flush();
        console.log('flushed');
      }
  }
}

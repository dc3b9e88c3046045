/**
 * The program that is bundled: a traced connection, Arrow batches of it, and a specification run by the engine. It
 * prints the spans of each as a tree, and what it read.
 *
 * `program <folder>`, an empty folder for its files
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flush, traceConnection } from '@planscope/duckdb';
import { recordBatches } from '@planscope/duckdb/arrow';
import { createEngine } from '@planscope/engine';
import { createSpanRecorder, renderSpanTree } from '@planscope/testing';

const attributes = ['planscope.span.kind', 'datafusion.metrics.output_rows', 'duckdb.*', 'db.*', 'datafusion.preview*'];

const FLIGHTS = 'tenant,delay\nblue,5\nred,15\nblue,40\n';

/** A value of each kind of vector: a pointer to a long text, lists, arrays, structs, unions, maps. */
const VALUES = `
  SELECT repeat('long text ', 5) AS text, [1, NULL, 3] AS list, [1, 2]::INTEGER[2] AS array,
    {'a': 1, 'b': NULL} AS struct, union_value(number := 2) AS member, MAP {'key': 'value'} AS map
  FROM range(3)`;

async function traceQueries(file: string): Promise<void> {
  const recorder = createSpanRecorder();
  const instance = await DuckDBInstance.create();
  const connection = traceConnection(await instance.connect(), { ...recorder, events: { instance } });
  await connection.run('SET threads = 1');
  await connection.run('CREATE TABLE airlines AS SELECT range AS id, range % 7 AS hub FROM range(1000)');
  await connection.run('SELECT hub, count(*) FROM airlines JOIN range(500) r ON id = r.range GROUP BY hub');
  await connection.run(`SELECT tenant, max(delay) FROM '${file}' WHERE delay > 5 GROUP BY tenant`);
  await connection.run('SELECT missing FROM airlines').catch(() => {});
  for await (const batch of recordBatches(await connection.stream(VALUES)))
    print('values', batch.toArray().map(String));
  connection.closeSync();
  await flush();
  print('spans of queries', renderSpanTree(recorder.spans(), { attributes }).split('\n'));
  instance.closeSync();
}

async function runSpecification(folder: string, location: string): Promise<void> {
  const recorder = createSpanRecorder();
  const engine = await createEngine({ ...recorder, environment: {}, tracing: { preset: 'maximal' } });
  const { outputs } = await engine.run({
    version: 1,
    inputs: [{ name: 'flights', location }],
    views: [{ name: 'late', sql: 'SELECT tenant, count(*) AS flights FROM flights WHERE delay > 10 GROUP BY tenant' }],
    outputs: [
      { name: 'late', from: 'late' },
      { name: 'stored', from: 'late', location: join(folder, 'late.parquet') },
    ],
  });
  await engine.close();
  print(
    'rows of outputs',
    outputs.map(({ rows }) => String(rows)),
  );
  print('spans of the specification', renderSpanTree(recorder.spans(), { attributes }).split('\n'));
}

function print(title: string, lines: readonly string[]): void {
  process.stdout.write(`${title}: ${lines.length}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'flights.csv');
  await writeFile(file, FLIGHTS);
  await traceQueries(file);
  await runSpecification(folder, file);
}

main(process.argv[2] ?? 'data').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

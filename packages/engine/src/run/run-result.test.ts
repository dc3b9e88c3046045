import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { readPlan } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { createEngine } from './engine.ts';
import type { RunResult } from './run-result.ts';

const spec: ExecutionSpec = {
  version: 1,
  inputs: [{ name: 'people', location: 'memory:///people.csv' }],
  views: [{ name: 'chosen', sql: `SELECT age FROM people WHERE name = 'p7-secret'` }],
  outputs: [
    { name: 'ages', from: 'chosen' },
    { name: 'sum', from: 'chosen', location: 'memory:///ages.parquet' },
  ],
};

async function run(preset: 'maximal' | 'off', input: ExecutionSpec = spec): Promise<RunResult> {
  const memory = new MemoryStore();
  await memory.put(
    'people.csv',
    `name,age\n${Array.from({ length: 9 }, (_, age) => `p${age}-secret,${age}`).join('\n')}`,
  );
  const engine = await createEngine({
    tracing: { preset },
    environment: {},
    tracerProvider: createSpanRecorder().tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
  });
  try {
    return await engine.run(input);
  } finally {
    await engine.close();
  }
}

const VOLATILE =
  /^(?:elapsed_compute|cumulative_compute|peak_memory|estimated_rows|output_bytes|bytes_\w+|\w+_requests)=/;

/** Removes the parts that differ between runs. */
function steady(text = ''): string {
  return text
    .replace(/\[(\w+=[^\]]*)\]/g, (_, metrics: string) => {
      const kept = metrics.split(', ').filter((metric) => !VOLATILE.test(metric));
      return `[${[...kept, '…'].join(', ')}]`;
    })
    .replace(/ sql=\S.*?(?= \[)/g, ' sql=…')
    .replace(/files=\S*\//g, 'files=')
    .replace(/v1\.5\.\d+/g, 'v1.5');
}

it('contains the plan of a run, with the metrics of the nodes and of DuckDB', async () => {
  const { plan } = await run('maximal');
  expect(steady(plan?.toText())).toMatchInlineSnapshot(`
    "Logical plan
      Spec
        Output: name=ages, to=caller
          View: name=chosen, sql=… [shared_1]
            Relation: name=people, format=csv, location=memory:///people.csv, columns=[name, age]
        Output: name=sum, location=memory:///ages.parquet
          View [see shared_1]

    Physical plan
      OutputsExec: outputs=2
        DuckDBExec: inputs=[people], views=[chosen], output=batches, sql=… [output_rows=1, output_batches=1, …]
          duckdb v1.5
            PROJECTION: projections=#1, estimated_rows=2 [output_rows=1, …]
              FILTER: filter=(name = ?1), estimated_rows=2 [output_rows=1, selectivity=0.1111111111111111, …]
                READ_CSV: function=READ_CSV, projections=[name, age], files=input-1.csv, estimated_rows=11 [output_rows=9, files_opened=1, …]
          FetchExec: name=people, format=csv, objects=1, bytes=116, location=memory:///people.csv, access=fetch, access_reason=a csv file is always read whole, so it is fetched through its store […] [shared_1]
        UploadExec: mode=overwrite, location=memory:///ages.parquet [output_rows=1, …]
          DuckDBExec: inputs=[people], views=[chosen], output=parquet, sql=… [output_rows=1, …]
            duckdb v1.5
              BATCH_COPY_TO_FILE [output_rows=1, …]
                PROJECTION: projections=#1, estimated_rows=2 [output_rows=1, …]
                  FILTER: filter=(name = ?1), estimated_rows=2 [output_rows=1, selectivity=0.1111111111111111, …]
                    READ_CSV: function=READ_CSV, projections=[name, age], files=input-1.csv, estimated_rows=11 [output_rows=9, files_opened=1, …]
            FetchExec [see shared_1]"
  `);
  const json = JSON.stringify(plan);
  expect(json).not.toContain('secret');
  expect(readPlan(json).toText()).toBe(plan?.toText());
  const executed = plan?.toJSON().physical?.nodes.find(({ name }) => name === 'DuckDBExec')?.executions;
  const shown = executed?.flatMap(({ engines }) => engines.flatMap(({ planning }) => planning.map(({ step }) => step)));
  expect(shown).toEqual(['planner', 'all_optimizers', 'physical_planner']);
});

it('has no executions if nothing is traced', async () => {
  const { plan } = await run('off');
  expect(plan?.toJSON().physical?.nodes.flatMap(({ executions }) => executions)).toEqual([]);
  expect(plan?.toText()).toContain('DuckDBExec');
});

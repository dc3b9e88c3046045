import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  createExecution,
  createTaskContext,
  displayPlan,
  type ExecutionPlan,
  type LogicalPlan,
  type OptimizerRule,
  PlanError,
  planQuery,
  type SessionState,
  singlePartition,
} from '@planscope/plan';
import { type RecordBatch, tableFromArrays } from 'apache-arrow';

const table = tableFromArrays({ delay: Int32Array.from([5, 12, 40]) });

const scan: ExecutionPlan = {
  name: 'ScanExec',
  output: 'batches',
  schema: table.schema,
  properties: singlePartition,
  children: [],
  withNewChildren: () => scan,
  describe: () => [{ key: 'table', text: 'flights', kind: 'identifier' }],
  execute: (_partition, context) => createExecution(context, () => table.batches as RecordBatch[]),
};

function logical(name: string, children: readonly LogicalPlan[] = []): LogicalPlan {
  return { name, children, describe: () => [], withNewChildren: (given) => logical(name, given) };
}

const addLimit: OptimizerRule = {
  name: 'add_limit',
  apply: (plan: LogicalPlan) => (plan.name === 'Limit' ? plan : logical('Limit', [plan])),
};

export async function main(): Promise<string> {
  const context = createTaskContext({ warn: ({ message }) => assert.fail(message) });
  const session: SessionState = {
    analyzerRules: [],
    optimizerRules: [addLimit],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => scan },
  };
  const { plan, logicalPlan } = await planQuery(session, logical('Scan'), context);
  assert.equal(displayPlan(logicalPlan), 'Limit\n  Scan');

  let rows = 0;
  const { batches, outcome } = plan.execute(0, context);
  for await (const batch of batches) rows += batch.numRows;
  assert.equal(rows, 3);
  assert.equal((await outcome).status, 'ok');

  await assert.rejects(planQuery({ ...session, maxPasses: 0 }, logical('Scan'), context), (error) =>
    PlanError.isInstance(error),
  );

  const schemaFile = createRequire(join(process.cwd(), 'program.js')).resolve('@planscope/plan/plan.schema.json');
  assert.equal(typeof JSON.parse(readFileSync(schemaFile, 'utf8')), 'object');
  return 'a toy query planned and executed';
}

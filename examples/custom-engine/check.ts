import assert from 'node:assert/strict';
import { executionPlanConformance } from '@planscope/plan/testing';
import { tableFromArrays } from 'apache-arrow';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';
import { CountExec } from './src/count-exec.ts';
import { FilterExec } from './src/filter-exec.ts';
import { ScanExec } from './src/scan-exec.ts';

const check: ExampleCheck = async ({ output }) => {
  // What it prints is held to the README; this says which of it matters.
  assert.match(output, /\{"origin": "ABQ", "rows": 2\}/);
  assert.match(output, /prune_columns \(modified\)/);
  assert.doesNotMatch(output, /delay > 60 AND/, 'a literal is in a plan');

  const numbers = new ScanExec('numbers', tableFromArrays({ a: Int32Array.of(1, 2, 3) }));
  const makePlan = (): CountExec =>
    new CountExec('a', new FilterExec([{ column: 'a', operator: '>', value: 1 }], numbers));
  for (const { run } of executionPlanConformance(makePlan)) await run();
};

export default check;

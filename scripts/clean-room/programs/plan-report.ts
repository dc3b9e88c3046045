import assert from 'node:assert/strict';
import { type EngineReport, readEngineReport, SpanBudget } from '@planscope/plan/report';

/** Neither at run time nor in its types does this need Arrow. */
export async function main(): Promise<string> {
  const report: EngineReport = readEngineReport({
    version: 1,
    engine: { name: 'toy', version: '1.0' },
    window: { start: '1000', end: '2000' },
    status: 'ok',
  });
  assert.equal(report.engine.name, 'toy');
  assert.throws(() => readEngineReport({ version: 1 }), /engine/);
  const budget = new SpanBudget(1);
  assert.deepEqual([budget.take(), budget.take(), budget.dropped], [true, false, 1]);
  return 'the report of an engine read and checked';
}

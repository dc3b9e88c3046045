import { createEngine } from '@planscope/engine';

const engine = await createEngine({ tracing: { preset: 'production-lean' } });
await engine.run({
  version: 1,
  views: [{ name: 'numbers', sql: 'SELECT range AS n FROM range(3)' }],
  outputs: [{ name: 'numbers', from: 'numbers' }],
  runtime: { tracingPreset: 'maximal-no-data', tracing: { planDiff: 'per-rule', customSpanFields: { ticket: 'OPS-12' } } },
});
await engine.close();
export {};

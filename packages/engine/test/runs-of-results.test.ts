import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { type Run, runFromResult, runsFromSpans } from '@planscope/run-model';
import { createSpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { createEngine, type ExecutionSpec } from '../src/index.ts';

const spec: ExecutionSpec = {
  version: 1,
  inputs: [{ name: 'people', location: 'memory:///people.csv' }],
  views: [{ name: 'chosen', sql: `SELECT age FROM people WHERE name <> 'p7-secret'` }],
  outputs: [
    { name: 'ages', from: 'chosen' },
    { name: 'sum', from: 'chosen', location: 'memory:///ages.parquet' },
  ],
};

async function runBoth(input: ExecutionSpec): Promise<{ readonly fromResult: Run; readonly fromSpans: Run }> {
  const memory = new MemoryStore();
  const rows = Array.from({ length: 900 }, (_, age) => `p${age}-secret,${age}`);
  await memory.put('people.csv', `name,age\n${rows.join('\n')}`);
  const recorder = createSpanRecorder();
  const engine = await createEngine({
    tracing: { preset: 'maximal' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
  });
  try {
    const result = await engine.run(input);
    const [fromSpans] = runsFromSpans(recorder.spans());
    if (fromSpans === undefined) throw new Error('there is no run in the spans');
    return { fromResult: runFromResult(result), fromSpans };
  } finally {
    await engine.close();
  }
}

describe('the run of a result', () => {
  it('is the run of its spans, with the parts that a result has', async () => {
    const { fromResult, fromSpans } = await runBoth(spec);
    expect(JSON.parse(JSON.stringify(fromResult))).toStrictEqual(fromResult);
    expect(fromResult).toMatchObject({ source: 'result', kind: 'run', status: 'ok', partial: false, gaps: [] });
    const { spanId, ...identity } = fromSpans.identity;
    expect(spanId).toMatch(/^[\da-f]{16}$/);
    expect(Object.keys(fromResult.identity).sort()).toEqual(
      Object.keys({ ...identity, profile: undefined })
        .filter((key) => key !== 'profile')
        .sort(),
    );
    for (const key of [
      'traceId',
      'runId',
      'specHash',
      'envelopeHash',
      'rulepackFingerprint',
      'planFingerprint',
    ] as const) {
      expect(fromResult.identity[key]).toBe(fromSpans.identity[key]);
    }
    const counted = ({ totals }: Run) => ({
      ...{ outputRows: totals.outputRows, scannedRows: totals.scannedRows, outputBytes: totals.outputBytes },
      ...{ bytesRead: totals.bytesRead, storeBytesRead: totals.storeBytesRead, compute: totals.compute },
      storeBytesWritten: totals.storeBytesWritten,
    });
    expect(counted(fromResult)).toEqual(counted(fromSpans));
    const shape = ({ operators }: Run) =>
      operators
        .map(({ name, kind, origin, rows, estimatedRows, description, fields, inputIds }) =>
          JSON.stringify([name, kind, origin, rows, estimatedRows, description, fields, inputIds.length]),
        )
        .sort();
    expect(shape(fromResult)).toEqual(shape(fromSpans));
    expect(fromResult.queries.map(({ executedPlanFingerprint }) => executedPlanFingerprint).sort()).toEqual(
      fromSpans.queries.map(({ executedPlanFingerprint }) => executedPlanFingerprint).sort(),
    );
    expect(JSON.stringify(fromResult)).not.toContain('secret');
  });

  it('says that it failed', async () => {
    const failing = { ...spec, views: [{ name: 'chosen', sql: 'SELECT nothing FROM people' }] };
    await expect(runBoth(failing)).rejects.toThrow('nothing');
  });
});

import { duckdbSchema } from '@planscope/duckdb';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { createEngine } from './engine.ts';

const schemas = [sharedSchema, duckdbSchema];
const spec = {
  version: 1,
  views: [{ name: 'v', sql: 'SELECT range % 7 AS k, count(*) AS n FROM range(2000000) GROUP BY k ORDER BY n' }],
  outputs: [{ name: 'out', from: 'v' }],
} as const;

type Reported = [name: string, basis: unknown, nanoseconds: bigint, compute: unknown];

/** The spans of DuckDB's operators in a run with this configuration. */
async function operators(environment: Record<string, string>): Promise<Reported[]> {
  const recorder = createSpanRecorder();
  const engine = await createEngine({ environment, tracerProvider: recorder.tracerProvider });
  await engine.run(spec);
  await engine.close();
  assertTraceInvariants(recorder.spans(), { schemas });
  const instant = ([seconds, rest]: readonly [number, number]): bigint =>
    BigInt(seconds) * 1_000_000_000n + BigInt(rest);
  return recorder
    .spans()
    .filter(({ attributes }) => attributes['duckdb.operator.type'] !== undefined)
    .map(({ name, attributes, startTime, endTime }) => [
      name,
      attributes['planscope.timing.basis'],
      instant(endTime) - instant(startTime),
      attributes['planscope.metrics.cumulative_compute'],
    ]);
}

describe('the layout of operators', () => {
  it('gives all operators the window of the execution by default', async () => {
    const drawn = await operators({});
    expect(drawn.length).toBeGreaterThan(3);
    expect(new Set(drawn.map(([, basis]) => basis))).toEqual(new Set(['execution_window']));
    expect(new Set(drawn.map(([, , width]) => width)).size).toBe(1);
  });

  it('can be proportional to the compute time, which every span records', async () => {
    const drawn = await operators({ PLANSCOPE_OPERATOR_LAYOUT: 'proportional' });
    expect(drawn.length).toBeGreaterThan(3);
    expect(new Set(drawn.map(([, basis]) => basis))).toEqual(new Set(['proportional']));
    const byCompute = drawn.toSorted((left, right) => Number(left[3]) - Number(right[3])).map(([, , width]) => width);
    // Each edge is rounded down to a whole nanosecond.
    for (const [index, width] of byCompute.slice(1).entries()) {
      expect(width + 2n).toBeGreaterThanOrEqual(byCompute[index] as bigint);
    }
    expect(byCompute.at(-1)).toBeGreaterThan(byCompute[0] as bigint);
  });
});

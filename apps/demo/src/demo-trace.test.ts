import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import { createEngine, type RunResult } from '@planscope/engine';
import { sharedSchema } from '@planscope/semconv';
import { createSpanRecorder, renderSpanTree, type SpanRecorder, traceChecklist } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DemoPreset, PRESETS } from './arguments.ts';
import { flightsSpec } from './flights-spec.ts';
import { demoTracing } from './tracing.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-demo-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function runDemo(preset: DemoPreset): Promise<{ result: RunResult; recorder: SpanRecorder }> {
  const recorder = createSpanRecorder();
  const { preview = {} } = demoTracing({ preset, help: false, sql: undefined, otlp: undefined, viewer: undefined }, '');
  const engine = await createEngine({
    tracing: { preset, preview },
    tracerProvider: recorder.tracerProvider,
    environment: {},
  });
  try {
    return { result: await engine.run(flightsSpec(folder)), recorder };
  } finally {
    await engine.close();
  }
}

it.each(PRESETS)('the whole trace under %s', async (preset) => {
  const { result, recorder } = await runDemo(preset);
  const spans = recorder.spans();
  expect(recorder.openSpans()).toBe(0);
  const missing = traceChecklist(spans, { schemas: [sharedSchema, duckdbSchema] });
  expect(missing).toEqual(preset === 'off' ? ['there is no span'] : []);
  expect(
    renderSpanTree(spans, { attributes: ['datafusion.metrics.output_rows', 'planscope.planner'] }),
  ).toMatchSnapshot();
  expect(result.outputs.map(({ name, rows }) => [name, rows])).toEqual([
    ['state_delays', 52],
    ['worst_states', 10],
  ]);
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { flightsSpec } from '../../apps/demo/src/flights-spec.ts';
import { startTracing } from '../../packages/bootstrap/src/index.ts';
import { resolveTracingConfig } from '../../packages/config/src/index.ts';
import { createEngine, type RunResult } from '../../packages/engine/src/index.ts';
import { configurationPath } from './configurations.ts';
import { startCollector } from './running-collector.ts';

const ARRIVAL_LIMIT_MILLIS = 30_000;

/** The documented pipeline, deciding sooner, by the failure of a run and by the field that the demo puts on its spans. */
const SOONER = `
processors:
  tail_sampling:
    decision_wait: 2s
    policies:
      - { name: failed, type: status_code, status_code: { status_codes: [ERROR] } }
      - { name: demo, type: string_attribute, string_attribute: { key: demo.name, values: [flights] } }
  batch:
    timeout: 100ms
`;

/**
 * Sends three runs through the Collector: the demo, a query that fails, and one that nothing is to be said of. The first
 * two have to arrive with each of their spans, the third not at all.
 */
export async function sendDemoRun(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-collector-'));
  const sooner = join(folder, 'sooner.yaml');
  writeFileSync(sooner, SOONER);
  const received = join(folder, 'received.jsonl');
  const made = join(folder, 'made.jsonl');
  const configurations = [configurationPath('sampling'), configurationPath('to-file'), sooner];
  const collector = await startCollector(program, configurations, { TRACE_FILE: received });
  try {
    const [demo, failed, plain] = await threeRuns(folder, collector.endpoint, made);
    const wanted = spanIds(made).filter(([traceId]) => traceId !== plain);
    await arrival(received, wanted.length);
    assert.deepEqual(spanIds(received).sort(), wanted.sort(), 'spans that arrived, against those that were made');
    assert.deepEqual(new Set(wanted.map(([traceId]) => traceId)), new Set([demo, failed]));
    return `${wanted.length} spans of two runs arrived once each, those of an unremarkable run were left out`;
  } finally {
    await collector.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The trace ids of the runs. */
async function threeRuns(folder: string, endpoint: string, file: string): Promise<(string | undefined)[]> {
  const ended: RunResult[] = [];
  const { config } = resolveTracingConfig({
    environment: {},
    explicit: {
      exporters: ['otlp', 'file'],
      otlp: { endpoint },
      file: { path: file },
      // Everything at the end, so that no trace is decided on before all of it is there.
      exportPolicy: { scheduleDelayMillis: 600_000, maxExportBatchSize: 2048 },
    },
  });
  const pipeline = startTracing(config);
  const { tracerProvider } = pipeline;
  const engine = await createEngine({ environment: {}, tracerProvider, onRunEnd: (result) => ended.push(result) });
  const query = (sql: string): ReturnType<typeof engine.run> =>
    engine.run({ version: 1, views: [{ name: 'v', sql }], outputs: [{ name: 'out', from: 'v' }] });
  await engine.run(flightsSpec(folder));
  await assert.rejects(query('SELECT no_such_column'));
  await query('SELECT 1 AS one');
  await engine.close();
  await pipeline.shutdown(10_000);
  return ended.map(({ traceId }) => traceId);
}

async function arrival(path: string, spans: number): Promise<void> {
  const deadline = Date.now() + ARRIVAL_LIMIT_MILLIS;
  while (spanIds(path).length < spans && Date.now() < deadline) await setTimeout(200);
}

interface TraceLine {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly traceId: string; readonly spanId: string }[];
    }[];
  }[];
}

/** Trace and span id of every span in a file of OTLP JSON lines; a line that is still being written is left out. */
function spanIds(path: string): (readonly [traceId: string, spanId: string])[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) =>
    (JSON.parse(line) as TraceLine).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map(({ traceId, spanId }) => [traceId, spanId] as const)),
    ),
  );
}

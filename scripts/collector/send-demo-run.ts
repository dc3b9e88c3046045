import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import waitFor from 'p-wait-for';
import { flightsSpec } from '../../apps/demo/src/flights-spec.ts';
import { startTracing } from '../../packages/bootstrap/src/index.ts';
import { resolveTracingConfig } from '../../packages/config/src/index.ts';
import { createEngine, type RunResult } from '../../packages/engine/src/index.ts';
import { readTraceFile } from '../../packages/testing/src/index.ts';

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
 *
 * @param program path of the Collector
 * @param documented folder of the documented configurations
 */
export async function sendDemoRun(program: string, documented: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-collector-'));
  const [sooner, received, made] = ['sooner.yaml', 'received.jsonl', 'made.jsonl'].map((name) => join(folder, name));
  writeFileSync(sooner ?? '', SOONER);
  const [grpc, http, health] = [await getPort(), await getPort(), await getPort()];
  const env = {
    OTLP_GRPC_LISTEN: `127.0.0.1:${grpc}`,
    OTLP_HTTP_LISTEN: `127.0.0.1:${http}`,
    HEALTH_LISTEN: `127.0.0.1:${health}`,
    TRACE_FILE: received,
  };
  const configurations = [join(documented, 'sampling.yaml'), join(documented, 'to-file.yaml'), sooner];
  const args = configurations.map((path) => `--config=${path}`);
  const collector = execa(program, args, { env, reject: false });
  try {
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${health}/`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(answers, { timeout: 120_000 });
    const [demo, failed, plain] = await threeRuns(folder, `http://127.0.0.1:${http}/v1/traces`, made ?? '');
    const wanted = spanIds(made).filter(([traceId]) => traceId !== plain);
    await waitFor(() => spanIds(received).length >= wanted.length, {
      timeout: { milliseconds: 30_000, fallback() {} },
    });
    assert.deepEqual(spanIds(received).sort(), wanted.sort(), 'spans that arrived, against those that were made');
    assert.deepEqual(new Set(wanted.map(([traceId]) => traceId)), new Set([demo, failed]));
    return `${wanted.length} spans of two runs arrived once each, those of an unremarkable run were left out`;
  } finally {
    collector.kill();
    const { exitCode, stderr } = await collector;
    if (exitCode !== 0) console.error(stderr);
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

/** Trace and span id of every span in a trace file; none while a line is being written. */
function spanIds(path = ''): [traceId: string, spanId: string][] {
  if (!existsSync(path) || !/\n$/.test(readFileSync(path, 'utf8'))) return [];
  return readTraceFile(path).map(({ traceId, spanId }) => [traceId, spanId]);
}

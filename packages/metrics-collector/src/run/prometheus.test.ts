import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetricsCollector, runMetrics } from '../index.ts';

const binary = process.env.PROMETHEUS ?? 'prometheus';
const isThere = spawnSync(binary, ['--version']).status === 0;
if (!isThere)
  console.warn(`left out: scraping with a real Prometheus, since "${binary}" is not there (PROMETHEUS may name one)`);

const exporter = new PrometheusExporter({ preventServerStart: true, appendTimestamp: false });
const provider = new MeterProvider({ readers: [exporter] });
const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
let target = '';

beforeAll(async () => {
  const instruments = runMetrics(provider);
  const summary = { ...createMetricsCollector().summary(), outputRows: { value: 446, source: 'counted' } as const };
  for (const status of ['ok', 'ok', 'error'] as const) {
    instruments.record({ system: 'duckdb', operation: 'SELECT', status, duration: 29, summary });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await provider.shutdown();
});

describe('the Prometheus exporter', () => {
  it('shows what was measured under the names that the documentation gives', async () => {
    const text = await (await fetch(`http://${target}/metrics`)).text();
    const samples = text.split('\n').filter((line) => /^(planscope|db_client)/.test(line) && !line.includes('_bucket'));
    expect(samples.map((line) => line.replace(/otel_scope_version="[^"]*"/, '')).join('\n')).toMatchInlineSnapshot(`
      "db_client_operation_duration_count{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="ok",otel_scope_name="@planscope/metrics-collector",} 2
      db_client_operation_duration_sum{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="ok",otel_scope_name="@planscope/metrics-collector",} 0.058
      db_client_operation_duration_count{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="error",otel_scope_name="@planscope/metrics-collector",} 1
      db_client_operation_duration_sum{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="error",otel_scope_name="@planscope/metrics-collector",} 0.029
      planscope_run_output_rows_total{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="ok",otel_scope_name="@planscope/metrics-collector",} 892
      planscope_run_output_rows_total{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="error",otel_scope_name="@planscope/metrics-collector",} 446
      planscope_run_errors_total{db_system_name="duckdb",db_operation_name="SELECT",planscope_run_status="error",otel_scope_name="@planscope/metrics-collector",} 1"
    `);
  });
});

describe.skipIf(!isThere)('a real Prometheus', () => {
  it('scrapes and answers the queries of the documentation', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-prometheus-'));
    const config = join(folder, 'prometheus.yml');
    const scrape = {
      job_name: 'planscope',
      scrape_interval: '200ms',
      scrape_timeout: '200ms',
      static_configs: [{ targets: [target] }],
    };
    await writeFile(config, JSON.stringify({ scrape_configs: [scrape] }));
    const address = `127.0.0.1:${await freePort()}`;
    const options = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    const prometheus = spawn(binary, options, { stdio: 'ignore' });
    try {
      const rows = 'sum by (db_system_name) (planscope_run_output_rows_total)';
      expect(await query(address, rows)).toEqual([{ labels: { db_system_name: 'duckdb' }, value: 1338 }]);
      const failed = 'sum(planscope_run_errors_total) / sum(db_client_operation_duration_count)';
      expect((await query(address, failed))[0]?.value).toBeCloseTo(1 / 3);
    } finally {
      const exited = new Promise((resolve) => prometheus.once('exit', resolve));
      prometheus.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    }
  });
});

interface Answer {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** Asks until Prometheus is up and has scraped. */
async function query(address: string, expression: string): Promise<Answer[]> {
  for (let left = 100; left > 0; left -= 1) {
    const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(
      () => undefined,
    );
    const body = response?.ok
      ? ((await response.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } })
      : undefined;
    const result = body?.data.result ?? [];
    if (result.length > 0) return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    await sleep(200);
  }
  throw new Error(`Prometheus had no answer to ${expression}`);
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

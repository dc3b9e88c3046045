/**
 * Validates every configuration in docs/collector with the real OpenTelemetry Collector, and sends runs through it.
 *
 * `pnpm check:collector [minutes]`: needs Go and its module proxy for the first build, which may take that long (default
 * 8); without, one line says what was left out.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCollector } from './collector/build-collector.ts';
import { sendDemoRun } from './collector/send-demo-run.ts';
import { runProgram } from './process/run-program.ts';

/** What the documented configurations take from the environment. Nothing is sent to any of these. */
const placeholders: Readonly<Record<string, string>> = {
  OTLP_GRPC_LISTEN: '127.0.0.1:4317',
  OTLP_HTTP_LISTEN: '127.0.0.1:4318',
  HEALTH_LISTEN: '127.0.0.1:13133',
  GATEWAY_ENDPOINT: 'gateway.example:4317',
  GATEWAY_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
  GATEWAY_AUTHORIZATION: 'Bearer placeholder',
  SAMPLING_TIER_HOST: 'sampling.example',
  JAEGER_ENDPOINT: 'jaeger.example:4317',
  JAEGER_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
  TEMPO_ENDPOINT: 'https://tempo.example',
  TEMPO_AUTHORIZATION: 'Basic placeholder',
  TEMPO_TENANT: 'placeholder',
  DATADOG_AGENT_ENDPOINT: 'localhost:4317',
  CLICKHOUSE_ENDPOINT: 'tcp://clickhouse.example:9440?secure=true',
  CLICKHOUSE_USERNAME: 'placeholder',
  CLICKHOUSE_PASSWORD: 'placeholder',
  TRACE_FILE: 'traces.jsonl',
};
const SECRET = /^\s*(?:authorization|password|api_?key|token|secret)\s*:(?!\s*\$\{env:\w+\}\s*$)/im;

const folder = fileURLToPath(new URL('../docs/collector/', import.meta.url));
const minutes = Number(process.argv[2] ?? 8);
const collector = await buildCollector(minutes);
if ('missing' in collector) {
  console.log(`left out: docs/collector was not checked with the OpenTelemetry Collector, since ${collector.missing}`);
} else {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    assert(!SECRET.test(text), `${file} holds a secret; refer to the environment: \${env:NAME}`);
    const unknown = [...text.matchAll(/\$\{env:(\w+)\}/g)].find(([, name = '']) => !(name in placeholders));
    assert(unknown === undefined, `${file}: no placeholder is known for ${unknown?.[1]}`);
    // `sampling` is started together with a back end, and everything else alone.
    if (file === 'sampling.yaml') continue;
    const started = file.startsWith('to-') ? ['sampling.yaml', file] : [file];
    const args = ['validate', ...started.map((name) => `--config=${join(folder, name)}`)];
    const problem = await runProgram(collector.path, args, { env: { ...process.env, ...placeholders } }).then(
      () => '',
      String,
    );
    console.log(`${problem === '' ? 'ok     ' : 'PROBLEM'} ${started.join(' + ')}${problem && `\n${problem}`}`);
    if (problem !== '') process.exitCode = 1;
  }
  console.log(`ok      ${await sendDemoRun(collector.path, folder)}`);
}

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingConfigInput } from '@planscope/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closedPort } from '../../test/support/closed-port.ts';
import { startFaultProxy } from '../../test/support/fault-proxy.ts';
import { type OtlpReceiver, startReceiver } from '../../test/support/otlp-receiver.ts';
import { runProgram } from '../../test/support/run-program.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import { checkEndpoint } from './check-config.ts';
import { doctor } from './doctor.ts';
import type { DoctorReport } from './finding.ts';
import { renderDoctorReport } from './finding.ts';

let receiver: OtlpReceiver;
let directory: string;

beforeEach(async () => {
  receiver = await startReceiver();
  directory = mkdtempSync(join(tmpdir(), 'planscope-doctor-'));
});

afterEach(async () => {
  trace.disable();
  rmSync(directory, { recursive: true });
  await receiver.stop();
});

/** The report with what differs from run to run put out of sight. */
function rendered(report: DoctorReport): string {
  return renderDoctorReport(report)
    .replaceAll(receiver.httpUrl, '<http>')
    .replaceAll(receiver.grpcUrl, '<grpc>')
    .replaceAll(directory, '<directory>')
    .replaceAll(/in \d+ ms/g, 'in <n> ms')
    .replaceAll(/trace id is [0-9a-f]{32}/g, 'trace id is <id>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
}

async function examine(config: TracingConfigInput): Promise<string> {
  return rendered(await doctor(tracingConfig(config)));
}

test('a set-up that works: one test span arrives, in plain sight', async () => {
  const file = join(directory, 'traces.jsonl');
  expect(
    await examine({ exporters: ['otlp', 'file'], otlp: { endpoint: receiver.httpUrl }, file: { path: file } }),
  ).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    ok      otlp: <http>/v1/traces (http/protobuf) took a test span in <n> ms; its trace id is <id>
    ok      file: <directory>/traces.jsonl can be written
    Spans will arrive."
  `);
  expect(receiver.spans()).toMatchObject([
    {
      name: 'planscope.probe',
      attributes: { 'planscope.span.kind': 'probe', 'planscope.timing.basis': 'measured' },
    },
  ]);
});

test('gRPC', async () => {
  expect(await examine({ otlp: { endpoint: receiver.grpcUrl, protocol: 'grpc' } })).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    ok      otlp: <grpc> (grpc) took a test span in <n> ms; its trace id is <id>
    Spans will arrive."
  `);
  expect(receiver.spans()).toHaveLength(1);
});

test('a collector that is down is said at once', async () => {
  const before = performance.now();
  expect(await examine({ otlp: { endpoint: `http://127.0.0.1:${await closedPort()}` } })).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    PROBLEM otlp: http://127.0.0.1:<port>/v1/traces (http/protobuf): nothing listens there; start a collector or set otlp.endpoint (ECONNREFUSED) [span-not-delivered]
    Spans will not arrive until the problems are solved."
  `);
  expect(performance.now() - before).toBeLessThan(1_500);
});

test('a receiver that does not answer is waited for no longer than asked', async () => {
  const proxy = await startFaultProxy(receiver.httpUrl, () => 'stall');
  const report = await doctor(tracingConfig({ otlp: { endpoint: proxy.url } }), { timeoutMillis: 100 });
  await proxy.stop();
  expect(report.healthy).toBe(false);
  expect(report.findings.at(-1)?.message).toMatch(/no answer within 100 ms/);
});

test('the wrong protocol, in the words of what to change', async () => {
  expect(await examine({ otlp: { endpoint: receiver.grpcUrl } })).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    PROBLEM otlp: <grpc>/v1/traces (http/protobuf): it speaks HTTP/2, as gRPC does; set otlp.protocol to grpc, or use the HTTP port, often 4318 (HPE_INVALID_CONSTANT) [span-not-delivered]
    Spans will not arrive until the problems are solved."
  `);
});

test('what keeps spans from being made', async () => {
  expect(
    await examine({ enabled: false, exporters: [], exportPolicy: { sampler: 'always_off' } }),
  ).toMatchInlineSnapshot(`
    "PROBLEM enabled: tracing is switched off; set enabled to true or choose another preset [tracing-off]
    PROBLEM exporters: the list is empty, so spans go nowhere; add "otlp", "file", "log", "console" or "query-log" [no-exporters]
    PROBLEM exportPolicy.sampler: always_off drops every trace; use parentbased_always_on [nothing-sampled]
    ok      process: no tracer provider is registered yet; startTracing registers its own
    Spans will not arrive until the problems are solved."
  `);
});

test('what makes fewer of them, and a file that cannot be written', async () => {
  expect(
    await examine({
      exporters: ['file', 'log'],
      file: { path: directory },
      exportPolicy: { sampler: 'traceidratio', samplerArgument: 0.015, slowQuery: { thresholdMillis: 500 } },
    }),
  ).toMatchInlineSnapshot(`
    "hint    exportPolicy.sampler: traceidratio keeps 1.5 % of new traces [sampled-in-part]
    hint    exportPolicy.slowQuery: only queries that took longer than 500 ms, failed or raised a warning are exported [slow-queries-only]
    ok      process: no tracer provider is registered yet; startTracing registers its own
    PROBLEM file: [planscope/bootstrap] file.path: cannot write "<directory>" (EISDIR); use a file in a directory this process may write to [exporter-refused]
    ok      log: stdout can be written
    Spans will not arrive until the problems are solved."
  `);
});

test('an exporter of the program gets a test span and stays open', async () => {
  const kept = new InMemorySpanExporter();
  const refusing = new (class Refusing extends InMemorySpanExporter {
    override export: InMemorySpanExporter['export'] = (_, done) => done({ code: 1, error: new Error('Forbidden') });
  })();
  const config = tracingConfig({ exporters: [] });
  expect(rendered(await doctor(config, { spanExporters: [kept] }))).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    ok      InMemorySpanExporter: the exporter took a test span in <n> ms; its trace id is <id>
    Spans will arrive."
  `);
  expect(kept.getFinishedSpans().map(({ name }) => name)).toEqual(['planscope.probe']);
  expect(
    rendered(await doctor(config, { spanExporters: [refusing, {} as InMemorySpanExporter] })),
  ).toMatchInlineSnapshot(`
    "ok      exportPolicy.sampler: parentbased_always_on keeps every new trace
    ok      process: no tracer provider is registered yet; startTracing registers its own
    PROBLEM Refusing: the exporter: a batch failed: Forbidden [span-not-delivered]
    PROBLEM spanExporters: [planscope/bootstrap] spanExporters[1]: should be an exporter with the methods export and shutdown, got object [exporter-refused]
    Spans will not arrive until the problems are solved."
  `);
});

test('an SDK that is registered already', async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  const { findings } = await doctor(tracingConfig({ otlp: { endpoint: receiver.httpUrl } }));
  expect(findings).toContainEqual(
    expect.objectContaining({ verdict: 'hint', message: expect.stringMatching(/is registered already/) }),
  );
});

test('a program that loads another version of the API', async () => {
  const api = join(directory, 'node_modules', '@opentelemetry', 'api');
  mkdirSync(api, { recursive: true });
  writeFileSync(join(api, 'package.json'), '{ "name": "@opentelemetry/api", "version": "1.4.0", "main": "index.js" }');
  writeFileSync(join(api, 'index.js'), '');
  const config = tracingConfig({ otlp: { endpoint: receiver.httpUrl } });
  const report = await doctor(config, { programDirectory: directory });
  expect(report.healthy).toBe(false);
  expect(report.findings).toContainEqual(
    expect.objectContaining({
      verdict: 'problem',
      message: expect.stringMatching(/uses @opentelemetry\/api 1\.4\.0 \(.*\), Planscope 1\.9\.\d.*one version/),
    }),
  );
});

test.each([
  [{ endpoint: 'http://127.0.0.1:4317' }, /port 4317 is usually gRPC/],
  [{ endpoint: 'http://127.0.0.1:4318', protocol: 'grpc' }, /port 4318 is usually OTLP over HTTP/],
  [{ endpoint: 'http://127.0.0.1:4318/api/traces' }, /\/api\/traces is not the usual path/],
  [{ endpoint: 'http://collector.example/v1/traces', headers: { 'x-api-key': 'k' } }, /without encryption/],
] as const)('%j looks unusual', (otlp, message) => {
  expect(checkEndpoint(tracingConfig({ otlp }).otlp)).toEqual([
    {
      verdict: 'hint',
      code: expect.stringMatching(/^un/),
      subject: 'otlp.endpoint',
      message: expect.stringMatching(message),
    },
  ]);
});

test.each([
  { endpoint: 'http://127.0.0.1:4318' },
  { endpoint: 'http://127.0.0.1:4317', protocol: 'grpc' },
  { endpoint: 'https://collector.example/team/v1/traces', headers: { 'x-api-key': 'k' } },
  { endpoint: 'http://localhost:4318', headers: { 'x-api-key': 'k' } },
] as const)('%j looks as it should', (otlp) => {
  expect(checkEndpoint(tracingConfig({ otlp }).otlp)).toEqual([]);
});

test('a configuration file of OpenTelemetry that startTracing refuses', async () => {
  vi.stubEnv('OTEL_CONFIG_FILE', 'otel.yaml');
  const { findings } = await doctor(tracingConfig({ exporters: [] }));
  vi.unstubAllEnvs();
  expect(findings).toContainEqual(expect.objectContaining({ verdict: 'problem', code: 'config-file-refused' }));
});

test('a program that does nothing else gets the report, though the receiver never answers', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { code, stdout } = await runProgram('run-doctor.ts', { ENDPOINT: `http://127.0.0.1:${port}` });
  silent.close();
  expect(code).toBe(0);
  expect(stdout).toContain('Spans will not arrive');
});

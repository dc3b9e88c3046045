/**
 * Sends spans through the OTLP exporters of OpenTelemetry for JavaScript, one pipeline for each row of `STOCK_ROWS`, and
 * prints what became of them. It uses packages only, by their names: the clean room runs it with each line of the SDK.
 */
import { readFileSync } from 'node:fs';
import { credentials } from '@grpc/grpc-js';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type ExporterStats, type SpanExporter, startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';

/** One exporter and where it sends to. */
export interface StockRow {
  readonly name: string;
  readonly exporter: 'proto' | 'http' | 'grpc';
  readonly url: string;
  readonly timeoutMillis: number;
  readonly certificateFile?: string;
  readonly spans: number;
  readonly batch: number;
  readonly deadlineMillis: number;
}

/** What became of the spans of a row. */
export interface StockEnd {
  readonly name: string;
  readonly stats: ExporterStats | undefined;
  readonly warnings: readonly string[];
  /** Time that ending the spans took. */
  readonly makingMillis: number;
  /** Time until the pipeline had ended. */
  readonly endingMillis: number;
}

function overHttp({ url, timeoutMillis, certificateFile }: StockRow) {
  const agent = certificateFile === undefined ? {} : { httpAgentOptions: { ca: readFileSync(certificateFile) } };
  return { url: `${url}/v1/traces`, timeoutMillis, ...agent };
}

const create: Readonly<Record<StockRow['exporter'], (row: StockRow) => SpanExporter>> = {
  proto: (row) => new ProtoExporter(overHttp(row)),
  http: (row) => new JsonExporter(overHttp(row)),
  grpc: ({ url, timeoutMillis, certificateFile }) => {
    const authority = certificateFile === undefined ? undefined : readFileSync(certificateFile);
    const isSecure = url.startsWith('https:');
    const channel = isSecure ? credentials.createSsl(authority) : credentials.createInsecure();
    return new GrpcExporter({ url, timeoutMillis, credentials: channel });
  },
};

async function exportSpans(row: StockRow): Promise<StockEnd> {
  const warnings: string[] = [];
  const exportPolicy = { maxExportBatchSize: row.batch, exportTimeoutMillis: row.deadlineMillis };
  const explicit = { exporters: [], exportPolicy };
  const { config } = resolveTracingConfig({ environment: {}, preset: 'maximal-no-data', explicit });
  const handle = startTracing(config, {
    register: 'never',
    spanExporters: [create[row.exporter](row)],
    warn: (message) => warnings.push(message),
  });
  const tracer = handle.tracerProvider.getTracer('test');
  const started = performance.now();
  const attributes = { plan: 'x'.repeat(400) };
  for (let index = 0; index < row.spans; index += 1) tracer.startSpan(`${row.name} ${index}`, { attributes }).end();
  const makingMillis = performance.now() - started;
  await handle.shutdown(row.deadlineMillis);
  const endingMillis = performance.now() - started;
  return { name: row.name, stats: handle.stats()[0], warnings, makingMillis, endingMillis };
}

export async function main(): Promise<void> {
  const { STOCK_ROWS = '[]' } = process.env;
  const rows: readonly StockRow[] = JSON.parse(STOCK_ROWS);
  for (const end of await Promise.all(rows.map(exportSpans))) console.log(JSON.stringify(end));
}

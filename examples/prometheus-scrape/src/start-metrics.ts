import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Metrics that Prometheus can scrape. */
export interface RunningMetrics {
  readonly url: string;
  /** Where the program measures. */
  readonly meterProvider: MeterProvider;
  close(): Promise<void>;
}

/**
 * Serves metrics on this machine, for anyone who scrapes them.
 *
 * Where any address and port 9464 will do, `new PrometheusExporter()` serves them by itself.
 *
 * @param port 0 for a free one
 */
export async function startMetrics(port: number): Promise<RunningMetrics> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const meterProvider = new MeterProvider({ readers: [exporter] });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    meterProvider,
    async close() {
      server.closeAllConnections();
      server.close();
      await meterProvider.shutdown();
    },
  };
}

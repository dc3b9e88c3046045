import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The part of an OTLP export request that this looks at. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly name: string; readonly status: { code?: number } }[];
    }[];
  }[];
}

/** Stands in for an OpenTelemetry Collector: takes OTLP over HTTP, as JSON, on a free port of this machine. */
export async function startReceiver(): Promise<{ url: string; received(): string[]; close(): Promise<void> }> {
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as ExportRequest;
    for (const { name, status } of resourceSpans
      .flatMap((resource) => resource.scopeSpans)
      .flatMap(({ spans }) => spans)) {
      const key = status.code === 2 ? `${name} (failed)` : name;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => [...counts].sort().map(([name, count]) => `  ${count} × ${name}`),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * A process that takes OTLP/HTTP JSON and counts the spans that arrive, for the benchmarks of the pipeline: it tells its
 * parent what it has counted, and goes away and comes back when it is told to.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ReceiverCommand, ReceiverReport } from './pipeline/start-receiver.ts';

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly spanId: string }[] }[];
  }[];
}

const distinct = new Set<string>();
let received = 0;
let port = 0;

const server = createServer(async (request, response) => {
  const { resourceSpans } = JSON.parse(await text(request)) as ExportRequest;
  for (const { spanId } of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))) {
    received += 1;
    distinct.add(spanId);
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});

const report = (): void => void process.send?.({ port, received, distinct: distinct.size } satisfies ReceiverReport);

const listen = (): void => {
  server.listen(port, '127.0.0.1', () => {
    ({ port } = server.address() as AddressInfo);
    report();
  });
};

const commands: Record<ReceiverCommand, () => void> = {
  report,
  'come back': listen,
  'go away'() {
    server.close(report);
    server.closeAllConnections();
  },
};

process.on('message', (command: ReceiverCommand) => commands[command]());
process.on('disconnect', () => process.exit());
listen();

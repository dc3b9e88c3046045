/// <reference path="./mockotlpserver.d.ts" />
import {
  MockOtlpServer,
  type NormalizedSpan,
  type NormalizedTrace,
  normalizeTrace,
  type ReceivedRequest,
} from '@elastic/mockotlpserver';

/** A receiver that no one here wrote, and what arrived at it. */
export interface OtlpReceiver {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly requests: readonly ReceivedRequest[];
  traces(): readonly NormalizedTrace[];
  spans(): readonly NormalizedSpan[];
  stop(): Promise<void>;
}

/** Starts a receiver on free loopback ports; one at a time, since what it gets is told to the whole process. */
export async function startReceiver(): Promise<OtlpReceiver> {
  const raw: unknown[] = [];
  const requests: ReceivedRequest[] = [];
  const server = new MockOtlpServer({
    logLevel: 'fatal',
    services: ['http', 'grpc'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    grpcHostname: '127.0.0.1',
    grpcPort: 0,
    onTrace: (trace) => raw.push(trace),
    onRequest: (request) => requests.push(request),
  });
  await server.start();
  const traces = (): NormalizedTrace[] => raw.map(normalizeTrace);
  return {
    httpUrl: server.httpUrl.origin,
    grpcUrl: server.grpcUrl.origin,
    requests,
    traces,
    spans: () =>
      traces().flatMap((trace) =>
        trace.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)),
      ),
    stop: () => server.close(),
  };
}

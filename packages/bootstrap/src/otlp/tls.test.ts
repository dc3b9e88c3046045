import type { TracingConfigInput } from '@planscope/config';
import { expect, test } from 'vitest';
import { startFaultProxy } from '../../test/support/fault-proxy.ts';
import { endCall, startGrpcFaultServer } from '../../test/support/grpc-fault-server.ts';
import { startReceiver } from '../../test/support/otlp-receiver.ts';
import { authorityFile, serverTls } from '../../test/support/test-certificate.ts';
import { tracingConfig } from '../../test/support/tracing-config.ts';
import type { ExporterStats } from '../queue/delivery-ledger.ts';
import { startTracing } from '../start-tracing.ts';

type Protocol = NonNullable<NonNullable<TracingConfigInput['otlp']>['protocol']>;

/** A server on 127.0.0.1 that speaks the protocol over TLS and takes everything. */
async function serve(protocol: Protocol): Promise<{ readonly url: string; stop(): Promise<void> }> {
  if (protocol === 'grpc') {
    return startGrpcFaultServer((stream) => endCall(stream, { 'grpc-status': '0' }, new Uint8Array()), serverTls);
  }
  const receiver = await startReceiver();
  const proxy = await startFaultProxy(receiver.httpUrl, () => 'pass', { tls: serverTls });
  return {
    url: proxy.url,
    async stop() {
      await proxy.stop();
      await receiver.stop();
    },
  };
}

async function send(
  protocol: Protocol,
  trust: TracingConfigInput['otlp'],
  change: (url: string) => string = (url) => url,
): Promise<{ stats: ExporterStats | undefined; warnings: string[] }> {
  const warnings: string[] = [];
  const server = await serve(protocol);
  const config = tracingConfig({ otlp: { ...trust, protocol, endpoint: change(server.url) } });
  const handle = startTracing(config, { register: 'never', warn: (message) => warnings.push(message) });
  for (let index = 0; index < 3; index += 1) handle.tracerProvider.getTracer('test').startSpan('span').end();
  await handle.shutdown();
  await server.stop();
  return { stats: handle.stats()[0], warnings };
}

const protocols: readonly Protocol[] = ['http/protobuf', 'grpc'];

test.each(protocols)('%s: a certificate of the configured authority is trusted', async (protocol) => {
  const { stats, warnings } = await send(protocol, { certificateFile: authorityFile });
  expect(stats).toMatchObject({ made: 3, exported: 3 });
  expect(warnings).toEqual([]);
});

test.each(protocols)('%s: an unknown authority is final, explained and counted', async (protocol) => {
  const { stats, warnings } = await send(protocol, {});
  expect(stats).toMatchObject({ made: 3, droppedByReason: { unreachable: 3 }, unknown: 0 });
  expect(warnings[0]).toMatch(/its authority is not trusted; name it in otlp\.certificateFile/);
});

test.each(protocols)('%s: a certificate for another host name is final and explained', async (protocol) => {
  const otherName = (url: string): string => url.replace('127.0.0.1', 'localhost');
  const { stats, warnings } = await send(protocol, { certificateFile: authorityFile }, otherName);
  expect(stats).toMatchObject({ made: 3, droppedByReason: { unreachable: 3 }, unknown: 0 });
  expect(warnings[0]).toMatch(/its certificate is for another host name; check the host in otlp\.endpoint/);
});

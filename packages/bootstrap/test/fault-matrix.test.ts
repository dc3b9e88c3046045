import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTracing } from '../src/start-tracing.ts';
import { closedPort } from './support/closed-port.ts';
import {
  BATCH,
  DEADLINE_MILLIS,
  type FaultCase,
  faultCases,
  type Otlp,
  SPANS,
  startProxy,
  TWO_TRIES_MILLIS,
} from './support/fault-cases.ts';
import { type OtlpReceiver, startReceiver } from './support/otlp-receiver.ts';
import { runProgram } from './support/run-program.ts';
import { openStockMatrix, type StockMatrix, stockRowNames } from './support/stock-matrix.ts';
import { tracingConfig } from './support/tracing-config.ts';

let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await startReceiver();
});

afterAll(() => receiver.stop());

/** Makes spans, ends the pipeline, and says what was counted, what it said, and how long it all held up the program. */
async function run(prefix: string, batchMillis: number, otlp: Otlp) {
  const warnings: string[] = [];
  const config = tracingConfig({
    otlp,
    exportPolicy: { maxExportBatchSize: BATCH, exportTimeoutMillis: batchMillis },
  });
  const handle = startTracing(config, { register: 'never', warn: (message) => warnings.push(message) });
  const tracer = handle.tracerProvider.getTracer('test');
  const started = performance.now();
  const attributes = { plan: 'x'.repeat(400) };
  for (let index = 0; index < SPANS; index += 1) tracer.startSpan(`${prefix} ${index}`, { attributes }).end();
  const makingMillis = performance.now() - started;
  await handle.shutdown(DEADLINE_MILLIS);
  const arrived = receiver.spans().filter(({ name }) => name.startsWith(`${prefix} `));
  return {
    stats: handle.stats()[0],
    warnings,
    makingMillis,
    endingMillis: performance.now() - started,
    arrived: new Set(arrived.map(({ spanId }) => spanId)).size,
  };
}

/** The books of one exporter in which all spans stand in one place. */
function booked(counted: FaultCase['counted']) {
  const dropped = counted === 'exported' || counted === 'unknown' ? 0 : SPANS;
  return {
    made: SPANS,
    exported: counted === 'exported' ? SPANS : 0,
    unknown: counted === 'unknown' ? SPANS : 0,
    dropped,
    droppedByReason: dropped > 0 ? { [counted]: SPANS } : {},
    pending: 0,
  };
}

const variants = (['http/protobuf', 'http/json', 'grpc'] as const).flatMap((protocol) =>
  (['none', 'gzip'] as const).map((compression) => ({ protocol, compression })),
);

describe.each(variants)('$protocol, compression $compression', ({ protocol, compression }) => {
  test.concurrent.each(Object.entries(faultCases))('%s', async (name, fault) => {
    const proxy = await startProxy(receiver, protocol, fault);
    const prefix = `${protocol} ${compression} ${name}`;
    const batchMillis = fault.counted === 'exported' ? DEADLINE_MILLIS : TWO_TRIES_MILLIS;
    const ended = await run(prefix, batchMillis, {
      ...fault.otlp,
      protocol,
      compression,
      endpoint: proxy.url,
    });
    await proxy.stop();
    expect(ended.stats).toMatchObject(booked(fault.counted));
    expect(ended.arrived).toBe(fault.arrived === 'all' ? SPANS : 0);
    if (fault.tries !== undefined) expect(proxy.times).toHaveLength(fault.tries * (SPANS / BATCH));
    expectNotHeldUp(ended);
  });

  test.concurrent('a collector that is down', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const ended = await run(`${protocol} ${compression} down`, TWO_TRIES_MILLIS, {
      protocol,
      compression,
      endpoint,
    });
    expect(ended.stats).toMatchObject(booked('unreachable'));
    expectNotHeldUp(ended);
  });
});

/** Of the line that is installed here; the clean room runs the rows with both lines, from npm. */
describe('the OTLPTraceExporters of OpenTelemetry', () => {
  let matrix: StockMatrix;

  beforeAll(async () => {
    matrix = await openStockMatrix(receiver);
    const { code, stdout, stderr } = await runProgram('run-stock-exporters.ts', {
      STOCK_ROWS: JSON.stringify(matrix.rows),
    });
    await matrix.close(stdout);
    // Not empty: the gRPC exporter causes a warning of Node.js for TLS with an IP address.
    expect(code, stderr).toBe(0);
  }, 60_000);

  test.each(stockRowNames)('%s', (name) => {
    const { found, expected } = matrix.compare(name);
    expect(found).toEqual(expected);
  });
});

/** Ending spans waits for nothing, and the end comes by the deadline; what was lost is said at most twice. */
function expectNotHeldUp({ makingMillis, endingMillis, warnings }: Awaited<ReturnType<typeof run>>): void {
  expect(makingMillis).toBeLessThan(500);
  expect(endingMillis).toBeLessThan(DEADLINE_MILLIS + 1_000);
  expect(warnings.length).toBeLessThanOrEqual(2);
}

import type { StockEnd, StockRow } from '../programs/stock-exporters.ts';
import { closedPort } from './closed-port.ts';
import {
  BATCH,
  DEADLINE_MILLIS,
  type FaultCase,
  faultCases,
  type Otlp,
  SPANS,
  startProxy,
  TWO_TRIES_MILLIS,
} from './fault-cases.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';

type Exporter = StockRow['exporter'];

const protocols = { proto: 'http/protobuf', http: 'http/json', grpc: 'grpc' } as const satisfies Record<
  Exporter,
  Otlp['protocol']
>;

/** How many spans the exporter calls exported, and how many are at the receiver. */
interface Outcome {
  readonly claimed: number;
  readonly arrived: number;
}

/** None of them halves a batch. */
const notHalved: Readonly<Record<string, Outcome>> = { '413 for a whole batch': { claimed: 0, arrived: 0 } };
/** Any positive status is a success, whatever follows it. */
const overHttp: Readonly<Record<string, Outcome>> = {
  ...notHalved,
  'garbage for an answer': { claimed: SPANS, arrived: 0 },
  'closed in the middle of the answer': { claimed: SPANS, arrived: SPANS },
};
/** The cases in which the word of an exporter differs from what our own exporter says. */
const unlike: Readonly<Record<Exporter, Readonly<Record<string, Outcome>>>> = {
  proto: overHttp,
  http: overHttp,
  // It does not try again.
  grpc: {
    ...notHalved,
    'garbage for an answer': { claimed: SPANS, arrived: 0 },
    '429 with Retry-After': { claimed: SPANS - BATCH, arrived: SPANS - BATCH },
    'closed once, then open': { claimed: SPANS - BATCH, arrived: SPANS - BATCH },
  },
};

/** ExportTraceServiceResponse { partial_success { rejected_spans: 20 } }: the receiver keeps none of a batch. */
const rejected = { http: '{"partialSuccess":{"rejectedSpans":"20"}}', proto: Buffer.from([0x0a, 2, 0x08, BATCH]) };
const partialSuccess = (exporter: Exporter): FaultCase => ({
  http: () =>
    exporter === 'http'
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: rejected.http }
      : { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body: rejected.proto },
  grpc: () => ({ trailers: { 'grpc-status': '0' }, message: rejected.proto }),
  counted: 'exported',
  arrived: 'none',
});

interface StockCase {
  readonly exporter: Exporter;
  readonly fault: FaultCase | 'down';
  readonly outcome: Outcome;
}

function outcomeOf({ counted, arrived }: FaultCase): Outcome {
  return { claimed: counted === 'exported' ? SPANS : 0, arrived: arrived === 'all' ? SPANS : 0 };
}

const cases: ReadonlyMap<string, StockCase> = new Map(
  (Object.keys(protocols) as Exporter[]).flatMap((exporter) => [
    ...Object.entries({ ...faultCases, 'a partial success': partialSuccess(exporter) }).map(
      ([name, fault]): [string, StockCase] => [
        `${exporter}: ${name}`,
        { exporter, fault, outcome: unlike[exporter][name] ?? outcomeOf(fault) },
      ],
    ),
    [`${exporter}: a collector that is down`, { exporter, fault: 'down', outcome: { claimed: 0, arrived: 0 } }],
  ]),
);

/** Names of all rows: each exporter in each case of the fault matrix. */
export const stockRowNames: readonly string[] = [...cases.keys()];

/** What became of the spans of a row, and what was to become of them. */
interface StockComparison {
  readonly found: unknown;
  readonly expected: unknown;
}

/** The rows of the fault matrix, each with its proxy. */
export interface StockMatrix {
  /** For the program `stock-exporters.ts`. */
  readonly rows: readonly StockRow[];
  /** Takes what the program printed, and stops the proxies. */
  close(printed: string): Promise<void>;
  /** Compares a row. */
  compare(name: string): StockComparison;
}

/** Starts a proxy in front of the receiver for each row. */
export async function openStockMatrix(receiver: OtlpReceiver): Promise<StockMatrix> {
  const proxies: FaultProxy[] = [];
  const rows: StockRow[] = [];
  for (const [name, { exporter, fault, outcome }] of cases) {
    const sizes = { name, exporter, spans: SPANS, batch: BATCH, deadlineMillis: DEADLINE_MILLIS };
    if (fault === 'down') {
      rows.push({ ...sizes, url: `http://127.0.0.1:${await closedPort()}`, timeoutMillis: TWO_TRIES_MILLIS });
      continue;
    }
    const proxy = await startProxy(receiver, protocols[exporter], fault);
    proxies.push(proxy);
    // Short where the exporter tries until its time is up; long where an answer decides, as on a busy machine it takes long.
    const isDecided = outcome.claimed > 0 || (exporter === 'grpc' && outcome.arrived > 0);
    const { timeoutMillis = isDecided ? DEADLINE_MILLIS : TWO_TRIES_MILLIS, certificateFile } = fault.otlp ?? {};
    rows.push({ ...sizes, url: proxy.url, timeoutMillis, ...(certificateFile !== undefined && { certificateFile }) });
  }
  let ends: readonly StockEnd[] = [];
  const before = receiver.spans().length;
  return {
    rows,
    async close(printed) {
      ends = printed
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line));
      await Promise.all(proxies.map((proxy) => proxy.stop()));
    },
    compare(name) {
      const end = ends.find((each) => each.name === name);
      const spans = receiver.spans().slice(before);
      const ids = new Set(spans.filter((span) => span.name.startsWith(`${name} `)).map(({ spanId }) => spanId));
      return compareEnd(end, ids.size, cases.get(name)?.outcome);
    },
  };
}

/** Every span is counted once, ending them waits for nothing, the end comes in time, and losses are said at most twice. */
function compareEnd(end: StockEnd | undefined, arrived: number, outcome: Outcome | undefined): StockComparison {
  const claimed = outcome?.claimed ?? 0;
  const { exporter, confirmedBy, made, exported, unconfirmed, unknown, dropped, pending } = { ...end?.stats };
  return {
    found: {
      stats: { exporter, confirmedBy, made, exported, unconfirmed, unknown, dropped, pending },
      arrived,
      isMadeAtOnce: end !== undefined && end.makingMillis < 500,
      hasEnded: end !== undefined && end.endingMillis < DEADLINE_MILLIS + 1_000,
      isBrief: end !== undefined && end.warnings.length <= 2,
    },
    expected: {
      stats: {
        exporter: 'OTLPTraceExporter',
        confirmedBy: 'exporter',
        made: SPANS,
        exported: 0,
        unconfirmed: claimed,
        unknown: SPANS - claimed,
        dropped: 0,
        pending: 0,
      },
      arrived: outcome?.arrived,
      isMadeAtOnce: true,
      hasEnded: true,
      isBrief: true,
    },
  };
}

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { TracerProvider } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { flush } from '@planscope/duckdb';
import { openMemoryFolder } from './memory-folder.ts';
import { profileByItself } from './own-profiling.ts';
import { openPipeline } from './span-pipeline.ts';
import { type Tracing, trace } from './traced-connection.ts';
import { withUnsampledParent } from './unsampled-parent.ts';

/** How the connections of one way are set up. */
interface WayOfTracing {
  readonly profiles?: true;
  readonly tracing?: Tracing;
  readonly reads?: true;
  readonly sampler?: 'always_on' | 'always_off';
  readonly unsampledParent?: true;
  /** Spans are made, and end in the SDK. */
  readonly dropsSpans?: true;
}

const sampled = { sampler: 'always_on' } as const;

const ways = {
  bare: {},
  profiling: { profiles: true },
  'no SDK': { tracing: {} },
  off: { tracing: { preset: 'off' }, ...sampled },
  skip: { tracing: { skip: true }, ...sampled },
  unsampled: { tracing: {}, unsampledParent: true, ...sampled },
  'sampled out': { tracing: {}, sampler: 'always_off' },
  lean: { tracing: {}, ...sampled },
  'lean, not exported': { tracing: {}, dropsSpans: true },
  'with reads': { tracing: {}, reads: true, ...sampled },
  everything: { tracing: { preset: 'maximal' }, reads: true, ...sampled },
} as const satisfies Readonly<Record<string, WayOfTracing>>;

export type ConnectionWay = keyof typeof ways;

export const untracedWays = ['no SDK', 'off', 'skip', 'unsampled'] as const satisfies readonly ConnectionWay[];

export const tracedWays = ['lean', 'with reads', 'everything'] as const satisfies readonly ConnectionWay[];

/** One connection of an open way. */
export interface Lane {
  /** Calls the driver in the manner of this way; reads the profile afterwards if the way makes one. */
  use<T>(call: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

/** A way with its own instance, so that instance-wide settings do not affect other ways. */
export interface OpenWay {
  readonly name: ConnectionWay;
  readonly instance: DuckDBInstance;
  readonly lanes: readonly [Lane, ...Lane[]];
  /** Waits for deferred spans. */
  settle(): Promise<unknown>;
  /** Waits for deferred spans and until all spans are exported. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface WayOptions {
  /** Number of lanes; default 1. */
  readonly connections?: number;
  /** Receives the spans; default a pipeline of its own. */
  readonly tracerProvider?: TracerProvider;
}

export async function openWay(name: ConnectionWay, options: WayOptions = {}): Promise<OpenWay> {
  const { profiles, tracing, reads, sampler, unsampledParent, dropsSpans }: WayOfTracing = ways[name];
  const instance = await DuckDBInstance.create();
  const folder = openMemoryFolder();
  const pipeline = sampler === undefined || options.tracerProvider !== undefined ? undefined : openPipeline(sampler);
  const dropping = dropsSpans === undefined ? undefined : new BasicTracerProvider();
  const tracerProvider = options.tracerProvider ?? pipeline?.tracerProvider ?? dropping;
  const open = await Promise.all(Array.from({ length: options.connections ?? 1 }, openLane));

  async function openLane(): Promise<OpenLane> {
    const connection = await instance.connect();
    if (profiles !== undefined) {
      const profiling = await profileByItself(connection, folder.path);
      return {
        async use(call) {
          const result = await call(connection);
          profiling.read();
          return result;
        },
        settle: () => Promise.resolve(),
        close() {
          profiling.close();
          connection.closeSync();
        },
      };
    }
    if (tracing === undefined) {
      return {
        use: (call) => call(connection),
        settle: () => Promise.resolve(),
        close: () => connection.closeSync(),
      };
    }
    const traced = trace(connection, {
      ...tracing,
      ...(tracerProvider === undefined ? {} : { tracerProvider }),
      ...(reads === undefined ? {} : { events: { instance } }),
    });
    const within = unsampledParent === undefined ? traced.within : withUnsampledParent;
    return {
      use: (call) => within(() => call(traced.connection)),
      settle: flush,
      close: () => traced.connection.closeSync(),
    };
  }

  const settle = (): Promise<unknown> => Promise.all(open.map((lane) => lane.settle()));
  return {
    name,
    instance,
    lanes: open as [OpenLane, ...OpenLane[]],
    settle,
    async flush() {
      await settle();
      await pipeline?.flush();
    },
    async close() {
      await settle();
      for (const lane of open) lane.close();
      instance.closeSync();
      await pipeline?.close();
      folder.remove();
    },
  };
}

interface OpenLane extends Lane {
  settle(): Promise<void>;
  close(): void;
}

/** Opens ways, passes them to a call, and closes them when it is done. */
export async function withWays<T>(
  names: readonly ConnectionWay[],
  call: (ways: readonly OpenWay[]) => Promise<T>,
  options: WayOptions = {},
): Promise<T> {
  const open: OpenWay[] = [];
  try {
    for (const name of names) open.push(await openWay(name, options));
    return await call(open);
  } finally {
    for (const way of open) await way.close();
  }
}

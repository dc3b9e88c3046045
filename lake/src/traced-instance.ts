import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type TraceConnectionOptions, traceConnection } from '@planscope/duckdb';
import { createSpanRecorder, type SpanNode, type SpanRecorder, spanForest } from '@planscope/testing';

/** Where the extensions are; without it, these tests are left out. */
export const extensions: string | undefined = process.env.PLANSCOPE_TEST_DUCKDB_EXTENSIONS;
if (extensions === undefined) {
  console.log("left out: DuckDB's extensions, since PLANSCOPE_TEST_DUCKDB_EXTENSIONS names no folder with them");
}

/** An instance with an extension, and a traced connection of it. */
export class TracedInstance {
  readonly instance: DuckDBInstance;
  readonly recorder: SpanRecorder = createSpanRecorder();
  readonly #connections: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance) {
    this.instance = instance;
  }

  static async open(...names: readonly string[]): Promise<TracedInstance> {
    const settings = { allow_unsigned_extensions: 'true', enable_external_file_cache: 'false' };
    const instance = await DuckDBInstance.create(':memory:', settings);
    const connection = await instance.connect();
    for (const name of names) await connection.run(`LOAD '${join(extensions ?? '', `${name}.duckdb_extension`)}'`);
    connection.closeSync();
    return new TracedInstance(instance);
  }

  async connect(kinds?: NonNullable<TraceConnectionOptions['events']>['kinds']): Promise<DuckDBConnection> {
    const { tracerProvider } = this.recorder;
    const events = { instance: this.instance, ...(kinds === undefined ? {} : { kinds }) };
    const connection = traceConnection(await this.instance.connect(), { tracerProvider, events });
    this.#connections.push(connection);
    return connection;
  }

  /** The last query of each text, as a tree. */
  queries(): SpanNode[] {
    return [...spanForest(this.recorder.spans())];
  }

  close(): void {
    for (const connection of this.#connections) connection.closeSync();
    this.instance.closeSync();
  }
}

export type Node = SpanNode;

/** A span and all below it. */
export function withDescendants(node: Node): Node[] {
  return [node, ...node.children.flatMap(withDescendants)];
}

/** All spans of a query that stand for reads, writes or requests. */
export function storageSpans(node: SpanNode): SpanNode['span'][] {
  return withDescendants(node)
    .map(({ span }) => span)
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'storage');
}

/** A time of a span in nanoseconds since the Unix epoch. */
export function nanoseconds([seconds, rest]: readonly [number, number]): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { type BatchObservableResult, type MeterProvider, metrics } from '@opentelemetry/api';
import { connectOwn } from '@planscope/internal/own-connection';
import { ATTR_DB_NAMESPACE, ATTR_DB_SYSTEM_NAME } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { leave, openAfterLeaving } from '../driver/opened-again.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { LIMITS_SQL, type MemoryLimits, memoryLimits } from '../measure/memory-limits.ts';
import { runOwn } from '../measure/own-statement.ts';
import { ENGINE_NAME } from '../report/create-report.ts';
import {
  ATTR_DUCKDB_MEMORY_TAG,
  METRIC_MEMORY_LIMIT,
  METRIC_MEMORY_USAGE,
  METRIC_TEMPORARY_STORAGE_LIMIT,
  METRIC_TEMPORARY_STORAGE_USAGE,
} from '../semconv.ts';
import { described } from './query-metrics.ts';

/** Where the memory of an instance is measured. */
export interface MemoryObservationOptions {
  /** Default: the global provider. */
  readonly meterProvider?: MeterProvider;
}

/** The observation of one instance. */
export interface MemoryObservation {
  /** Ends it. It also ends when the instance is closed or garbage-collected. */
  stop(): void;
}

/**
 * Measures the memory and the temporary storage of an instance at each collection of metrics, as the gauges
 * `duckdb.memory.usage`, `duckdb.memory.limit`, `duckdb.temporary_storage.usage` and `duckdb.temporary_storage.limit`.
 * DuckDB tells them only by a statement. It runs on a connection of its own, which is opened for it and closed after it, some
 * milliseconds later; no statement of the program waits for it, except for a thread of libuv's pool.
 *
 * @param instance several instances with one database name add up
 * @throws DuckDBError `invalid-option` for anything but an instance
 */
export function observeMemory(instance: DuckDBInstance, options: MemoryObservationOptions = {}): MemoryObservation {
  // Not `instanceof`: the instance may belong to another copy of the driver.
  if (typeof (instance as Partial<DuckDBInstance> | undefined)?.connect !== 'function') {
    throw new DuckDBError('invalid-option', `instance is ${typeof instance}; it must be a DuckDBInstance`);
  }
  openAfterLeaving(instance);
  const observed = observedBy(options.meterProvider ?? metrics.getMeterProvider());
  const entry: ObservedInstance = { instance: new WeakRef(instance), reading: undefined, last: undefined };
  observed.add(entry);
  return { stop: () => void observed.delete(entry) };
}

interface ObservedInstance {
  readonly instance: WeakRef<DuckDBInstance>;
  /** While it is being read. */
  reading: Promise<MemoryState | 'closed' | undefined> | undefined;
  /** Told again if DuckDB does not answer in time. */
  last: MemoryState | undefined;
}

/** What DuckDB tells of the memory of an instance; sizes in bytes. */
interface MemoryState {
  readonly database: string;
  readonly byTag: readonly { readonly tag: string; readonly memory: number; readonly storage: number }[];
  readonly limits: MemoryLimits;
}

/** Other metrics of the same collection wait no longer than this. */
const LONGEST_WAIT_MS = 1000;

const STATE = `SELECT current_database(), ${LIMITS_SQL}, tag,
  memory_usage_bytes::DOUBLE, temporary_storage_bytes::DOUBLE FROM duckdb_memory()`;

const known = new WeakMap<MeterProvider, Set<ObservedInstance>>();

/** The instances that are measured for a provider, which has the instruments once. */
function observedBy(provider: MeterProvider): Set<ObservedInstance> {
  const before = known.get(provider);
  if (before !== undefined) return before;
  const observed = new Set<ObservedInstance>();
  known.set(provider, observed);
  const meter = provider.getMeter(packageJson.name, packageJson.version);
  const [memory, memoryLimit, storage, storageLimit] = [
    METRIC_MEMORY_USAGE,
    METRIC_MEMORY_LIMIT,
    METRIC_TEMPORARY_STORAGE_USAGE,
    METRIC_TEMPORARY_STORAGE_LIMIT,
  ].map((name) => meter.createObservableGauge(name, described(name))) as [Gauge, Gauge, Gauge, Gauge];
  const sums = new Sums();
  const observe = async (result: BatchObservableResult): Promise<void> => {
    sums.clear();
    for (const state of await statesOf(observed)) {
      const attributes = { [ATTR_DB_SYSTEM_NAME]: ENGINE_NAME, [ATTR_DB_NAMESPACE]: state.database };
      for (const { tag, memory: used, storage: spilled } of state.byTag) {
        const ofTag = { ...attributes, [ATTR_DUCKDB_MEMORY_TAG]: tag };
        sums.add(memory, used, ofTag);
        sums.add(storage, spilled, ofTag);
      }
      const { limits } = state;
      if (limits.memory !== undefined) sums.add(memoryLimit, limits.memory, attributes);
      if (limits.temporaryStorage !== undefined) sums.add(storageLimit, limits.temporaryStorage, attributes);
    }
    for (const { gauge, value, attributes } of sums.all()) result.observe(gauge, value, attributes);
  };
  meter.addBatchObservableCallback(observe, [memory, memoryLimit, storage, storageLimit]);
  return observed;
}

type Gauge = Parameters<BatchObservableResult['observe']>[0];
type Attributes = Readonly<Record<string, string>>;

/** Attributes whose gauges go back to 0. */
const MOST_SHOWN = 1000;

/**
 * Adds up values with equal attributes, of which a gauge would have the last one. Those of instances that are gone are 0: an
 * SDK with cumulative temporality repeats the last value.
 */
class Sums {
  readonly #sums = new Map<string, { readonly gauge: Gauge; value: number; readonly attributes: Attributes }>();
  readonly #gauges: Gauge[] = [];

  add(gauge: Gauge, value: number, attributes: Attributes): void {
    if (!this.#gauges.includes(gauge)) this.#gauges.push(gauge);
    const key = JSON.stringify([this.#gauges.indexOf(gauge), attributes]);
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { gauge, value, attributes });
    else sum.value += value;
  }

  clear(): void {
    if (this.#sums.size > MOST_SHOWN) this.#sums.clear();
    for (const sum of this.#sums.values()) sum.value = 0;
  }

  all(): Iterable<{ readonly gauge: Gauge; readonly value: number; readonly attributes: Attributes }> {
    return this.#sums.values();
  }
}

async function statesOf(observed: Set<ObservedInstance>): Promise<MemoryState[]> {
  const states = await Promise.all(
    [...observed].map(async (entry) => {
      const state = await stateOf(entry);
      if (state === 'closed') {
        observed.delete(entry);
        return undefined;
      }
      entry.last = state ?? entry.last;
      return entry.last;
    }),
  );
  return states.filter((state) => state !== undefined);
}

/** @returns undefined if DuckDB did not answer in time, or not at all */
async function stateOf(entry: ObservedInstance): Promise<MemoryState | 'closed' | undefined> {
  // An earlier collection still waits for a thread of the pool.
  if (entry.reading !== undefined) return undefined;
  const instance = entry.instance.deref();
  if (instance === undefined) return 'closed';
  entry.reading = readState(instance).finally(() => {
    entry.reading = undefined;
  });
  leave(entry.reading);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST_WAIT_MS);
  });
  try {
    return await Promise.race([entry.reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readState(instance: DuckDBInstance): Promise<MemoryState | 'closed' | undefined> {
  let connection: DuckDBConnection;
  try {
    connection = await connectOwn(instance);
  } catch {
    return 'closed';
  }
  try {
    return memoryState(await runOwn(connection, STATE));
  } catch {
    return undefined;
  } finally {
    connection.disconnectSync();
  }
}

function memoryState(rows: readonly (readonly DuckDBValue[])[]): MemoryState | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const [database, memoryLimit, storageLimit] = first;
  return {
    database: String(database),
    byTag: rows.map((row) => ({ tag: String(row[3]), memory: Number(row[4]), storage: Number(row[5]) })),
    limits: memoryLimits(memoryLimit, storageLimit),
  };
}

import type { DuckDBInstance } from '@duckdb/node-api';
import { driverOf } from '../measure/own-statement.ts';
import { patchMethod } from './driver-connections.ts';

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const key = Symbol.for('planscope.duckdb.leaving.1');
const holder = globalThis as { [key]?: Set<Promise<unknown>> };
holder[key] ??= new Set();
const leaving: Set<Promise<unknown>> = holder[key];

/** A statement of Planscope takes milliseconds; opening a database must not wait for one that hangs. */
const LONGEST_WAIT_MS = 2000;

/**
 * Notes that a connection of Planscope is in use for some milliseconds, although the program may close its instance meanwhile.
 *
 * @param left resolves when the connection is closed; must not reject
 */
export function leave(left: Promise<unknown>): void {
  leaving.add(left);
  void left.finally(() => leaving.delete(left));
}

const patched = Symbol.for('planscope.duckdb.opens-after-leaving');

/**
 * Makes the driver of an instance open a database only after all connections that are being closed: until then, the
 * database may be open by a connection of Planscope alone, and two instances over one file lose rows.
 */
export function openAfterLeaving(instance: DuckDBInstance): void {
  const instances = (driverOf(instance) as { readonly constructor: object }).constructor;
  if (Object.hasOwn(instances, patched)) return;
  Object.defineProperty(instances, patched, { value: true });
  patchMethod(instances, 'create', waiting);
}

type Create = (this: unknown, ...settings: never[]) => Promise<DuckDBInstance>;

function waiting(create: Create): Create {
  return function (this: unknown, ...settings): Promise<DuckDBInstance> {
    if (leaving.size === 0) return create.apply(this, settings);
    const { promise: late, cancel } = timeLimit();
    return Promise.race([Promise.all(leaving), late]).then(() => {
      cancel();
      return create.apply(this, settings);
    });
  };
}

function timeLimit(): { readonly promise: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_WAIT_MS);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

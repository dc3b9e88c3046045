// Not `createRequire` by its name: webpack rewrites calls of it, and bundles often have their own.
import nodeModule from 'node:module';
import type * as driver from '@duckdb/node-api';
import { driverOf } from '../measure/own-statement.ts';

/** The exports of the driver that traced connections need. */
export type DriverCopy = Pick<typeof driver, 'blobValue' | 'listValue' | 'structValue' | 'version'>;

const known = new WeakMap<object, DriverCopy>();

/**
 * The copy of the driver that a connection belongs to. A program can load several, of different versions, and the one
 * that this package would import need not be among them.
 *
 * @returns undefined if the driver is part of a bundle
 */
export function driverCopyOf(connection: driver.DuckDBConnection): DriverCopy | undefined {
  const prototype = driverOf(connection);
  let copy = known.get(prototype);
  if (copy === undefined) {
    copy = findCopy(prototype);
    if (copy !== undefined) known.set(prototype, copy);
  }
  return copy;
}

function findCopy(prototype: driver.DuckDBConnection): DriverCopy | undefined {
  const { cache } = nodeModule.createRequire(process.execPath);
  for (const module of Object.values(cache)) {
    // The modules of the driver have an export for each class; only its main module has the version, too.
    const exports = module?.exports as Partial<typeof driver> | undefined;
    if (typeof exports !== 'object' || exports === null) continue;
    if (exports.DuckDBConnection?.prototype !== prototype || typeof exports.version !== 'function') continue;
    return exports as DriverCopy;
  }
  return undefined;
}

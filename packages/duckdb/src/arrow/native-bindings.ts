// Not `createRequire` by its name: webpack rewrites calls of it, and bundles often have their own.
import nodeModule from 'node:module';
import { DuckDBDataChunk, version } from '@duckdb/node-api';
import type * as duckdb from '@duckdb/node-bindings';

/** The native calls of the conversion. They all copy, so no result points into DuckDB's memory. */
export type NativeBindings = Pick<
  typeof duckdb,
  | 'array_vector_get_child'
  | 'data_chunk_get_vector'
  | 'get_data_from_pointer'
  | 'list_vector_get_child'
  | 'list_vector_get_size'
  | 'struct_vector_get_child'
  | 'vector_get_data'
  | 'vector_get_validity'
>;

let found: NativeBindings | undefined;

/**
 * The native module of the driver whose chunks are read. The driver does not export it, but has loaded it.
 *
 * It is looked up among the loaded modules and not resolved by a path: a bundle has other paths than the package, and a
 * second copy of another version would accept the handles and misread them.
 *
 * @throws Error if no loaded module belongs to the driver
 */
export function nativeBindings(): NativeBindings {
  found ??= findBindings();
  return found;
}

const DRIVER = /@duckdb[\\/]node-api[\\/]/;

function findBindings(): NativeBindings {
  // Whatever path it is created for, it has the one cache of all CommonJS modules.
  const { cache } = nodeModule.createRequire(process.execPath);
  const modules = Object.values(cache).filter((module) => module !== undefined);
  for (const { filename, exports } of modules) {
    if (DRIVER.test(filename) && exports.DuckDBDataChunk === DuckDBDataChunk) {
      return nodeModule.createRequire(filename)('@duckdb/node-bindings');
    }
  }
  // The driver is part of a bundle. Its native module never is, and copies of one version have one memory layout.
  const own = modules.find(({ filename, exports }) => filename.endsWith('.node') && isOf(version(), exports));
  if (own !== undefined) return own.exports;
  throw new Error(
    "[planscope/duckdb] DuckDB's native module is not among the loaded modules; if the program is bundled, leave @duckdb/node-api out of the bundle",
  );
}

function isOf(driver: string, exports: Partial<typeof duckdb> | undefined): boolean {
  return typeof exports?.data_chunk_get_vector === 'function' && exports.library_version?.() === driver;
}

import { createRequire } from 'node:module';
import type * as duckdb from '@duckdb/node-bindings';

/** A handle to a vector; its memory lives exactly as long as the chunk it came from. */
export type NativeVector = duckdb.Vector;

/** What the conversion reads with; every one of these copies, so nothing returned points into DuckDB's memory. */
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

const here = createRequire(import.meta.url);

/**
 * The native module of the very driver whose chunks are read.
 * Resolved from the driver's own place: a second copy, of another version, would accept the handles and misread them.
 */
export const nativeBindings: NativeBindings = createRequire(here.resolve('@duckdb/node-api'))('@duckdb/node-bindings');

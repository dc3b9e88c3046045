import { type SemanticSchema, sharedSchema } from '@planscope/semconv';
// Not the entry of the package, which loads DuckDB.
import { duckdbSchema } from '../../packages/duckdb/src/semconv.ts';
import { trinoSchema } from '../../packages/trino/src/semconv.ts';

/** The schemas of all packages: the shared one first, then one for each engine. */
export const schemas: readonly SemanticSchema[] = [sharedSchema, duckdbSchema, trinoSchema];

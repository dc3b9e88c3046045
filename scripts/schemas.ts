import { duckdbSchema } from '../packages/duckdb/src/semconv.ts';
import { type SemanticSchema, sharedSchema } from '../packages/semconv/src/index.ts';

/** Every schema in the repository: the shared one first, then one for each engine. */
export const schemas: readonly SemanticSchema[] = [sharedSchema, duckdbSchema];

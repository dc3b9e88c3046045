import { BLOB, LIST, STRUCT, UINTEGER, UTINYINT, VARCHAR } from '@duckdb/node-api';
import type { ColumnBuilder, ColumnContext } from '../column-builder.ts';

/** How DuckDB keeps a VARIANT: the nodes of the value in `values`, the first is the root, their payloads in `data`. */
const storage = STRUCT({
  keys: LIST(VARCHAR),
  children: LIST(STRUCT({ keys_index: UINTEGER, values_index: UINTEGER })),
  values: LIST(STRUCT({ type_id: UTINYINT, byte_offset: UINTEGER })),
  data: BLOB,
});

/** VARIANT in DuckDB's own storage: any text or JSON of it would lose the types inside. */
export function variantColumn(context: ColumnContext): ColumnBuilder {
  const { type, build } = context.inner(storage);
  return { type, build };
}

import {
  BLOB,
  type DuckDBArrayType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBUnionType,
  LIST,
  STRUCT,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { type Data, type DataType, Field, FixedSizeList, List, Map_, Null, SparseUnion, Struct } from 'apache-arrow';
import { ArrowConversionError } from '../arrow-conversion-error.ts';
import { arrowData, endOffsets, type NullBitmap, nullBitmapOf } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf, mapSlices, type VectorSlice } from '../vector-slice.ts';

export function listColumn({ valueType }: DuckDBListType, context: ColumnContext): ColumnBuilder {
  const item = context.inner(valueType);
  const type = new List(fieldOf('item', item));
  return {
    type,
    build(slices, length) {
      const elements = listElements(slices, length, context.column);
      const child = item.build(elements.slices, elements.count);
      return arrowData(type, length, elements.nulls, { valueOffsets: elements.valueOffsets, child });
    },
  };
}

/** Size of `duckdb_list_entry`: offset and length of a row's elements in the child vector, 8 bytes each. */
const LIST_ENTRY_WIDTH = 16;

/** The elements of a column of lists, in the order of the rows. */
interface ListElements {
  readonly nulls: NullBitmap;
  readonly valueOffsets: Int32Array;
  /** The elements in the child vectors. Rows may share elements, skip elements, and be stored in any order. */
  readonly slices: readonly VectorSlice[];
  readonly count: number;
}

/** Finds the elements of the rows that are not null. Adjacent elements become one slice. */
function listElements(slices: readonly VectorSlice[], length: number, column: string): ListElements {
  const lengths = new Float64Array(length);
  const elements: VectorSlice[] = [];
  let position = 0;
  for (const { vector, from, count } of slices) {
    const entries = vector.words(LIST_ENTRY_WIDTH);
    const child = vector.listChild();
    let runStart = 0;
    let runEnd = 0;
    const endRun = (): void => {
      if (runEnd > runStart) elements.push({ vector: child, from: runStart, count: runEnd - runStart });
    };
    for (let row = from; row < from + count; row++, position++) {
      const size = vector.isValid(row) ? longAt(entries, row * 4 + 2) : 0;
      if (size === 0) continue;
      lengths[position] = size;
      const start = longAt(entries, row * 4);
      if (start !== runEnd) {
        endRun();
        runStart = start;
      }
      runEnd = start + size;
    }
    endRun();
  }
  const valueOffsets = endOffsets(lengths, column, 'elements');
  return {
    nulls: nullBitmapOf(slices, length),
    valueOffsets,
    slices: elements,
    count: valueOffsets[length] as number,
  };
}

/** An unsigned 64-bit number that consists of two words. */
function longAt(words: Uint32Array, index: number): number {
  return (words[index] as number) + (words[index + 1] as number) * 2 ** 32;
}

/** ARRAY: in DuckDB and Arrow, every row has space for all elements, even a null row. */
export function fixedSizeListColumn(
  { valueType, length: size }: DuckDBArrayType,
  context: ColumnContext,
): ColumnBuilder {
  const item = context.inner(valueType);
  const type = new FixedSizeList(size, fieldOf('item', item));
  return {
    type,
    build(slices, length) {
      const elements = slices.map(({ vector, from, count }) => ({
        vector: vector.arrayChild(size),
        from: from * size,
        count: count * size,
      }));
      const child = item.build(elements, length * size);
      return arrowData(type, length, nullBitmapOf(slices, length), { child });
    },
  };
}

/** STRUCT. Entries without a name, for example from `row(…)`, are named by their position, starting with 1. */
export function structColumn({ entryNames, entryTypes }: DuckDBStructType, context: ColumnContext): ColumnBuilder {
  const entries = entryTypes.map((entryType) => context.inner(entryType));
  const type = new Struct(entries.map((entry, index) => fieldOf(entryNames[index] || `${index + 1}`, entry)));
  return { type, build: (slices, length) => structData(type, entries, slices, length) };
}

/** The Arrow struct of a DuckDB vector that has one child for each entry. */
function structData(
  type: Struct,
  entries: readonly ColumnBuilder[],
  slices: readonly VectorSlice[],
  length: number,
): Data {
  const children = entries.map((entry, index) =>
    entry.build(
      mapSlices(slices, (vector) => vector.structChild(index)),
      length,
    ),
  );
  return arrowData(type, length, nullBitmapOf(slices, length), { children });
}

/** MAP: in DuckDB and Arrow, a list of structs with a value and a key that is never null. */
export function mapColumn({ keyType, valueType }: DuckDBMapType, context: ColumnContext): ColumnBuilder {
  const key = context.inner(keyType);
  const value = context.inner(valueType);
  const entry = new Struct<{ key: DataType; value: DataType }>([fieldOf('key', key, false), fieldOf('value', value)]);
  const type = new Map_(new Field('entries', entry, false));
  return {
    type,
    build(slices, length) {
      const elements = listElements(slices, length, context.column);
      const child = structData(entry, [key, value], elements.slices, elements.count);
      return arrowData(type, length, elements.nulls, { valueOffsets: elements.valueOffsets, child });
    },
  };
}

/** DuckDB's storage of a VARIANT: `values` has the nodes of the value, the root first, and `data` their contents. */
const storage = STRUCT({
  keys: LIST(VARCHAR),
  children: LIST(STRUCT({ keys_index: UINTEGER, values_index: UINTEGER })),
  values: LIST(STRUCT({ type_id: UTINYINT, byte_offset: UINTEGER })),
  data: BLOB,
});

/** VARIANT in DuckDB's storage type, because text or JSON would lose the types of nested values. */
export function variantColumn(context: ColumnContext): ColumnBuilder {
  const { type, build } = context.inner(storage);
  return { type, build };
}

/** Type ids are signed bytes, and one of them is reserved for a null union. */
const MOST_MEMBERS = 127;

/**
 * UNION as a sparse union. A DuckDB union can be null, which differs from a member that is null. Arrow's unions cannot,
 * so an additional member of type Null represents a null union.
 */
export function unionColumn(duckdbType: DuckDBUnionType, context: ColumnContext): ColumnBuilder {
  const { memberTags, memberTypes, memberCount } = duckdbType;
  if (memberCount > MOST_MEMBERS) {
    throw new ArrowConversionError(
      'unsupported-type',
      context.column,
      `has a UNION of ${memberCount} members, but Arrow supports only ${MOST_MEMBERS}; extract the members that you need`,
    );
  }
  const members = memberTypes.map((memberType) => context.inner(memberType));
  const fields = members.map((member, index) => fieldOf(memberTags[index] as string, member));
  const typeIds = Int32Array.from({ length: memberCount + 1 }, (_, index) => index);
  const type = new SparseUnion(typeIds, [...fields, new Field('null', new Null(), true)]);
  return {
    type,
    build(slices, length) {
      const children = members.map((member, index) =>
        member.build(
          mapSlices(slices, (vector) => vector.unionMember(index)),
          length,
        ),
      );
      children.push(arrowData(new Null(), length, {}, {}));
      return arrowData(type, length, {}, { typeIds: activeMembers(slices, length, memberCount), children });
    },
  };
}

function activeMembers(slices: readonly VectorSlice[], length: number, nullMember: number): Int8Array {
  const active = new Int8Array(length).fill(nullMember);
  let position = 0;
  for (const { vector, from, count } of slices) {
    const tags = vector.structChild(0);
    const bytes = tags.bytes(1);
    for (let row = from; row < from + count; row++, position++) {
      if (tags.isValid(row)) active[position] = bytes[row] as number;
    }
  }
  return active;
}

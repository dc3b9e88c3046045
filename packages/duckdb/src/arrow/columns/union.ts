import type { DuckDBUnionType } from '@duckdb/node-api';
import { Field, Null, SparseUnion } from 'apache-arrow';
import { ArrowConversionError } from '../arrow-conversion-error.ts';
import { arrowData } from '../arrow-data.ts';
import { type ColumnBuilder, type ColumnContext, fieldOf } from '../column-builder.ts';
import { mapSlices, type VectorSlice } from '../vector-slice.ts';

/** Type ids are signed bytes, and one of them is for a null union. */
const MOST_MEMBERS = 127;

/**
 * UNION as a sparse union. Arrow's unions are never null themselves, DuckDB's may be, and a member's null is something
 * else: so one more member, of type Null, stands for a null union.
 */
export function unionColumn(duckdbType: DuckDBUnionType, context: ColumnContext): ColumnBuilder {
  const { memberTags, memberTypes, memberCount } = duckdbType;
  if (memberCount > MOST_MEMBERS) {
    throw new ArrowConversionError(
      'unsupported-type',
      context.column,
      `has a UNION of ${memberCount} members; Arrow can tell ${MOST_MEMBERS} apart; extract the members that are needed`,
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

import { type Data, Type, type Union } from 'apache-arrow';

/** One value: where it is stored. */
export interface CellSource {
  readonly data: Data;
  readonly index: number;
}

/** Tells whether a value is null, without counting the nulls of its column. */
export function isNull({ data, index }: CellSource): boolean {
  if (data.typeId === Type.Null) return true;
  if (data.typeId === Type.Union || data.nullBitmap === undefined || data.nullBitmap.length === 0) return false;
  const bit = data.offset + index;
  return (((data.nullBitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0;
}

/** The dictionary entry that a value points to; undefined if there is none. */
export function dictionaryEntry({ data, index }: CellSource): CellSource | undefined {
  let position = Number(data.values[index]);
  for (const chunk of data.dictionary?.data ?? []) {
    if (position < chunk.length) return position < 0 ? undefined : { data: chunk, index: position };
    position -= chunk.length;
  }
  return undefined;
}

/** The union member that holds a value, with its name. */
export function unionMember({ data, index }: CellSource): { name: string; source: CellSource } | undefined {
  const type = data.type as Union;
  const child = type.typeIdToChildIndex[data.typeIds[index] ?? -1] ?? -1;
  const member = data.children[child];
  if (member === undefined) return undefined;
  // A dense union has offsets into its members; a sparse one has members of its own length.
  const offsets = data.valueOffsets as ArrayLike<number> | undefined;
  const position = offsets && offsets.length > 0 ? Number(offsets[index]) : index;
  return { name: type.children[child]?.name ?? '', source: { data: member, index: position } };
}

/** The elements of a list or the entries of a map: their storage, start and end. */
export function elements({ data, index }: CellSource): { data: Data; begin: number; end: number } {
  const [child] = data.children;
  if (child === undefined) throw new RangeError('a list has no elements stored');
  if (data.typeId === Type.FixedSizeList) {
    return { data: child, begin: data.stride * index, end: data.stride * (index + 1) };
  }
  return { data: child, begin: Number(data.valueOffsets[index]), end: Number(data.valueOffsets[index + 1]) };
}

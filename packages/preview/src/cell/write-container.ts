import { Type } from 'apache-arrow';
import { type CellSource, dictionaryEntry, elements, isNull, unionMember } from './cell-source.ts';
import { escapeText, quoteText } from './escape-text.ts';
import { leafText } from './leaf-text.ts';
import type { CellTarget, ValuePlace, WriteValue } from './value-place.ts';

/** Writes a value that holds others; `write` is what writes those. */
export type ContainerWriter = (place: ValuePlace, target: CellTarget, write: WriteValue) => void;

/** The writer for a type whose values hold others; undefined for any other type. */
export function containerWriter(typeId: Type): ContainerWriter | undefined {
  return CONTAINERS.get(typeId);
}

/** `["a", "b"]`: the elements stand at the path of their list. */
const writeList: ContainerWriter = (place, target, write) => {
  const { data, begin, end } = elements(place.source);
  target.out.write('[');
  for (let index = begin; index < end && !target.out.isCut; index += 1) {
    if (index > begin) target.out.write(', ');
    write(below(place, { data, index }, place.path, target), target);
  }
  target.out.write(']');
};

/** `{a: 1, "b c": "x"}` */
const writeStruct: ContainerWriter = (place, target, write) => {
  const { data, index } = place.source;
  target.out.write('{');
  for (const [position, field] of data.type.children.entries()) {
    if (target.out.isCut) break;
    const child = data.children[position];
    if (child === undefined) throw new RangeError('a field of a struct is not stored');
    target.out.write(`${position > 0 ? ', ' : ''}${fieldName(field.name)}: `);
    write(below(place, { data: child, index }, `${place.path}.${field.name}`, target), target);
  }
  target.out.write('}');
};

/** `map{"a": 1}`: an entry stands at the path of its key, so that lists can name keys. */
const writeMap: ContainerWriter = (place, target, write) => {
  const { data, begin, end } = elements(place.source);
  const [keys, values] = data.children;
  if (keys === undefined || values === undefined) throw new RangeError('the entries of a map are not stored');
  target.out.write('map{');
  for (let index = begin; index < end && !target.out.isCut; index += 1) {
    if (index > begin) target.out.write(', ');
    const path = `${place.path}.${keyText({ data: keys, index })}`;
    // Only an allow list leaves a map shown in part; its keys are data, and show with the entries that it names.
    write(
      below(place, { data: keys, index }, place.visibility === 'partly' ? path : `${place.path}.key`, target),
      target,
    );
    target.out.write(': ');
    write(below(place, { data: values, index }, path, target), target);
  }
  target.out.write('}');
};

/** `<name: value>`: which member it is, and its value. */
const writeUnion: ContainerWriter = (place, target, write) => {
  const member = unionMember(place.source);
  if (member === undefined) throw new RangeError('the member of a union is not known');
  target.out.write(`<${fieldName(member.name)}: `);
  write(below(place, member.source, `${place.path}.${member.name}`, target), target);
  target.out.write('>');
};

const CONTAINERS: ReadonlyMap<number | undefined, ContainerWriter> = new Map<number | undefined, ContainerWriter>([
  [Type.List, writeList],
  // Arrow knows large lists only in its newer versions.
  ...('LargeList' in Type ? ([[Type.LargeList, writeList]] as const) : []),
  [Type.FixedSizeList, writeList],
  [Type.Struct, writeStruct],
  [Type.Map, writeMap],
  [Type.Union, writeUnion],
]);

/** The place of a value inside another. */
function below(place: ValuePlace, source: CellSource, path: string, target: CellTarget): ValuePlace {
  const visibility = target.redaction.visibilityOf(path, source.data.type, place.visibility);
  return { source, path, visibility, depth: place.depth + 1 };
}

function fieldName(name: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) ? name : quoteText(name);
}

/** The text of a key, as paths have it; a key that holds other values has none. */
function keyText(source: CellSource): string {
  if (isNull(source)) return '';
  if (source.data.typeId === Type.Dictionary) {
    const entry = dictionaryEntry(source);
    return entry ? keyText(entry) : '';
  }
  return escapeText(leafText(source.data.typeId)?.(source.data, source.index, 256) ?? '');
}

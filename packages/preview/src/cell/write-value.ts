import { Type } from 'apache-arrow';
import type { CellRedaction } from '../redaction/cell-redaction.ts';
import type { Visibility } from '../redaction/visibility.ts';
import { type CellSource, dictionaryEntry, elements, isNull, unionMember } from './cell-source.ts';
import { displayText, escapeText, quoteText } from './escape-text.ts';
import { isTextType, isTextualType, leafText } from './leaf-text.ts';
import type { TextBudget } from './text-budget.ts';

/** A value on its way into a cell. */
interface ValuePlace {
  readonly source: CellSource;
  /** `user.address.zip` */
  readonly path: string;
  readonly visibility: Visibility;
  /** Nesting depth; inside another value, strings are always in quotes. */
  readonly depth: number;
}

/** The cell that values are written to, and its redaction. */
interface CellTarget {
  readonly out: TextBudget;
  readonly redaction: CellRedaction;
}

// A deeply nested schema must not exhaust the stack.
const MAX_DEPTH = 64;

/**
 * Writes one value into a cell, within the cell's budget and redaction.
 * @throws {RangeError} When the value cannot be read or is nested too deeply.
 */
export function writeValue(place: ValuePlace, target: CellTarget): void {
  const { source, visibility, depth } = place;
  if (depth > MAX_DEPTH) throw new RangeError('the value is nested too deep');
  const typeId: Type = source.data.typeId;
  if (isNull(source)) {
    target.out.write('null');
  } else if (typeId === Type.Dictionary) {
    const entry = dictionaryEntry(source);
    if (entry === undefined) throw new RangeError('an entry is missing in the dictionary');
    writeValue({ ...place, source: entry }, target);
  } else {
    const writeContainer = containerWriter(typeId);
    if (writeContainer === undefined) writeLeaf(place, target);
    else if (visibility === 'hidden') target.out.write('null');
    else writeContainer(place, target);
  }
}

function writeLeaf(place: ValuePlace, { out, redaction }: CellTarget): void {
  const { data, index } = place.source;
  const typeId: Type = data.typeId;
  const format = leafText(typeId);
  if (format === undefined) throw new RangeError('the type is not known');
  const wholeText = (): string => format(data, index, Number.POSITIVE_INFINITY);
  const hidden = place.visibility !== 'shown';
  const replacement =
    redaction.replace?.({ path: place.path, type: String(data.type), text: wholeText(), hidden }) ??
    (hidden ? { text: redaction.hide(wholeText, isTextualType(typeId)) } : undefined);
  if (replacement) {
    out.write(replacement.text === undefined ? 'null' : escapeText(replacement.text));
  } else {
    const text = format(data, index, out.room);
    const write = place.depth > 0 ? quoteText : displayText;
    out.write(isTextType(typeId) ? write(text) : text);
  }
}

/** Writes a value that holds others. */
type ContainerWriter = (place: ValuePlace, target: CellTarget) => void;

/** The writer for a type whose values hold others; undefined for any other type. */
function containerWriter(typeId: Type): ContainerWriter | undefined {
  return CONTAINERS.get(typeId);
}

/** `["a", "b"]`: the elements are at the path of their list. */
const writeList: ContainerWriter = (place, target) => {
  const { data, begin, end } = elements(place.source);
  target.out.write('[');
  for (let index = begin; index < end && !target.out.isCut; index += 1) {
    if (index > begin) target.out.write(', ');
    writeValue(below(place, { data, index }, place.path, target), target);
  }
  target.out.write(']');
};

/** `{a: 1, "b c": "x"}` */
const writeStruct: ContainerWriter = (place, target) => {
  const { data, index } = place.source;
  target.out.write('{');
  for (const [position, field] of data.type.children.entries()) {
    if (target.out.isCut) break;
    const child = data.children[position];
    if (child === undefined) throw new RangeError('a field of a struct is not stored');
    target.out.write(`${position > 0 ? ', ' : ''}${fieldName(field.name)}: `);
    writeValue(below(place, { data: child, index }, `${place.path}.${field.name}`, target), target);
  }
  target.out.write('}');
};

/** `map{"a": 1}`: an entry is at the path of its key, so that lists can name keys. */
const writeMap: ContainerWriter = (place, target) => {
  const { data, begin, end } = elements(place.source);
  const [keys, values] = data.children;
  if (keys === undefined || values === undefined) throw new RangeError('the entries of a map are not stored');
  target.out.write('map{');
  for (let index = begin; index < end && !target.out.isCut; index += 1) {
    if (index > begin) target.out.write(', ');
    const path = `${place.path}.${keyText({ data: keys, index })}`;
    // Only an allow list leaves a map shown in part; its keys are data, and show with the entries that it names.
    writeValue(
      below(place, { data: keys, index }, place.visibility === 'partly' ? path : `${place.path}.key`, target),
      target,
    );
    target.out.write(': ');
    writeValue(below(place, { data: values, index }, path, target), target);
  }
  target.out.write('}');
};

/** `<name: value>`: which member it is, and its value. */
const writeUnion: ContainerWriter = (place, target) => {
  const member = unionMember(place.source);
  if (member === undefined) throw new RangeError('the member of a union is not known');
  target.out.write(`<${fieldName(member.name)}: `);
  writeValue(below(place, member.source, `${place.path}.${member.name}`, target), target);
  target.out.write('>');
};

const CONTAINERS: ReadonlyMap<number | undefined, ContainerWriter> = new Map<number | undefined, ContainerWriter>([
  [Type.List, writeList],
  // Only newer versions of Arrow have large lists.
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

import { Type } from 'apache-arrow';
import { dictionaryEntry, isNull } from './cell-source.ts';
import { displayText, escapeText, quoteText } from './escape-text.ts';
import { isTextType, isTextualType, leafText } from './leaf-text.ts';
import type { CellTarget, ValuePlace } from './value-place.ts';
import { containerWriter } from './write-container.ts';

// No schema may exhaust the stack.
const MAX_DEPTH = 64;

/**
 * Writes one value into a cell, as far as the cell has room and the redaction lets it.
 * @throws {RangeError} When the value cannot be read, or is nested too deep.
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
    else writeContainer(place, target, writeValue);
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

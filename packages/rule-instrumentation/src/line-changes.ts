import { diffArrays } from 'diff';
import { lineAnchors } from './line-anchors.ts';

/** A line that stayed, went or came. */
export interface LineChange {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Changed lines between two anchors up to which the shortest difference is looked for; its cost is their square. */
const MAX_EDITS = 500;

/** Every line of both texts in order; where very much changed in one place, all of it is taken as replaced. */
export function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  const changes: LineChange[] = [];
  let [left, right] = [0, 0];
  for (const [leftEnd, rightEnd] of [...lineAnchors(before, after), [before.length, after.length] as const]) {
    for (const change of gapChanges(before.slice(left, leftEnd), after.slice(right, rightEnd))) changes.push(change);
    const anchor = before[leftEnd];
    if (anchor !== undefined) changes.push({ sign: ' ', line: anchor });
    [left, right] = [leftEnd + 1, rightEnd + 1];
  }
  return changes;
}

function gapChanges(before: string[], after: string[]): LineChange[] {
  const parts =
    before.length === 0 || after.length === 0 ? undefined : diffArrays(before, after, { maxEditLength: MAX_EDITS });
  if (parts === undefined) return [...signed('-', before), ...signed('+', after)];
  return parts.flatMap(({ added, removed, value }) => signed(added ? '+' : removed ? '-' : ' ', value));
}

function signed(sign: LineChange['sign'], lines: readonly string[]): LineChange[] {
  return lines.map((line) => ({ sign, line }));
}

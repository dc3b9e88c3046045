import { diffArrays } from 'diff';

/** Number of unchanged lines around a change. */
const CONTEXT_LINES = 3;

/** The hunks of a unified diff between two texts, without file names; empty if they are equal. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const changes = lineChanges(before.split('\n'), after.split('\n'));
  let [beforeLine, afterLine, shown] = [1, 1, 0];
  const lines: string[] = [];
  for (const [start, end] of hunks(changes)) {
    // Between hunks both sides have the same lines.
    beforeLine += start - shown;
    afterLine += start - shown;
    const hunk = changes.slice(start, end);
    const removed = hunk.filter((change) => change.sign !== '+').length;
    const added = hunk.filter((change) => change.sign !== '-').length;
    lines.push(`@@ -${beforeLine},${removed} +${afterLine},${added} @@`);
    for (const { sign, line } of hunk) lines.push(sign + line);
    beforeLine += removed;
    afterLine += added;
    shown = end;
  }
  return lines.join('\n');
}

/** Start and end (exclusive) of each hunk among all lines. */
function hunks(changes: readonly LineChange[]): [start: number, end: number][] {
  const found: [number, number][] = [];
  for (const [index, { sign }] of changes.entries()) {
    if (sign === ' ') continue;
    const [start, end] = [Math.max(0, index - CONTEXT_LINES), Math.min(changes.length, index + 1 + CONTEXT_LINES)];
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else found.push([start, end]);
  }
  return found;
}

/** An unchanged, removed or added line. */
interface LineChange {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Maximum number of changed lines between two anchors for the shortest diff, whose cost is quadratic. */
const MAX_EDITS = 500;

/** All lines of both texts in order. A section with too many changes is treated as replaced completely. */
function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
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

/** Indices of a line in both texts. */
type LineAnchor = readonly [before: number, after: number];

/**
 * The lines that occur exactly once in each text, as many as are in the same order in both. Two versions of a plan
 * certainly share them, and little is left to compare between them, so a diff of long plans takes linear time.
 */
function lineAnchors(before: readonly string[], after: readonly string[]): LineAnchor[] {
  const afterPlaces = uniquePlaces(after);
  const pairs: LineAnchor[] = [];
  for (const [line, place] of uniquePlaces(before)) {
    const other = afterPlaces.get(line);
    if (other !== undefined) pairs.push([place, other]);
  }
  return longestRise(pairs);
}

/** Indices of the lines that occur only once, in the order of the text. */
function uniquePlaces(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [place, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    else places.set(line, place);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

/** The longest subsequence of pairs with increasing second indices; the first indices are already increasing. */
function longestRise(pairs: readonly LineAnchor[]): LineAnchor[] {
  const tails: number[] = [];
  const previous: (number | undefined)[] = [];
  const secondOf = (index: number | undefined): number => (index === undefined ? -1 : (pairs[index]?.[1] ?? -1));
  for (const [index, [, second]] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (secondOf(tails[middle]) < second) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1];
    tails[low] = index;
  }
  const chosen: LineAnchor[] = [];
  for (let index = tails.at(-1); index !== undefined; index = previous[index]) {
    const pair = pairs[index];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}

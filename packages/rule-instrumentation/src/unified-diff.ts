import { type LineChange, lineChanges } from './line-changes.ts';

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 3;

/** What changed from one text to another as hunks of a unified diff, without file names; empty when nothing did. */
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

/** Where hunks start and end among all lines, end exclusive. */
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

import { structuredPatch } from 'diff';

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 3;

/** Changed lines up to which the shortest difference is looked for; its cost grows with their square. */
const MAX_EDITS = 1000;

/**
 * What changed from one text to another as hunks of a unified diff, without file names; empty when nothing did. Where
 * very much changed, everything is shown as replaced.
 */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const options = { context: CONTEXT_LINES, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', `${before}\n`, `${after}\n`, undefined, undefined, options);
  if (patch === undefined) return replacement(before.split('\n'), after.split('\n'));
  return patch.hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines,
    ])
    .join('\n');
}

function replacement(before: readonly string[], after: readonly string[]): string {
  const head = `@@ -1,${before.length} +1,${after.length} @@`;
  return [head, ...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)].join('\n');
}

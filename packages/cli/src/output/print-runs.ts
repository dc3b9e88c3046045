import { type Finding, findings } from '@planscope/findings';
import { printableLine } from '@planscope/internal/printable-text';
import { durationText } from '@planscope/internal/quantity';
import { type Run, renderRunTree } from '@planscope/run-model';
import { toText } from '@planscope/viewer';
import { durationsOf, runAtMedian } from '../runs/durations.ts';
import { clipLine, clipLines, wrapIndented, wrapLine } from './fit-text.ts';
import { print, type Terminal } from './terminal.ts';

/** Prints the tree and the findings of each query; of a query that ran several times, those of the run at the median. */
export async function printRuns(runs: readonly Run[], terminal: Terminal): Promise<void> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = run.queries[0]?.text ?? run.name;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  for (const group of groups.values()) {
    const run = runAtMedian(group);
    if (run === undefined) continue;
    const { median, least, most } = durationsOf(group);
    if (group.length > 1) {
      const range = `${durationText(least)} to ${durationText(most)}`;
      await print(terminal, `\n${group.length} runs, median ${durationText(median)}, ${range}; the run at the median:`);
    }
    await print(terminal, `\n${renderTree(run, terminal)}`);
    await printFindings(findings(run), terminal);
  }
}

/** The spans of a run as a tree, with their numbers; of a run without spans, its operators. */
export function renderTree(run: Run, { colors, columns }: Terminal): string {
  if (run.spans.length === 0) return clipLines(toText(run), columns);
  const heading = (line: string): string => colors.dim(clipLine(line, columns));
  const failed = (line: string): string => colors.red(clipLine(line, columns));
  return clipLines(renderRunTree(run, { heading, failed, columns }), columns);
}

/** Prints findings, the most important first. Prints nothing if there are none. */
export async function printFindings(found: readonly Finding[], terminal: Terminal): Promise<void> {
  const { colors, columns } = terminal;
  const marks = { critical: colors.red, warning: colors.yellow, info: colors.cyan };
  // Beside the severity.
  const titleOf = (title: string): string =>
    wrapLine(`${' '.repeat(9)}${printableLine(title)}`, columns, 9).trimStart();
  for (const { severity, title, explanation, advice } of found) {
    await print(
      terminal,
      `\n${marks[severity](severity.padEnd(8))} ${colors.bold(titleOf(title))}\n${wrapIndented(printableLine(explanation), columns)}\n${wrapIndented(printableLine(advice), columns)}`,
    );
  }
}

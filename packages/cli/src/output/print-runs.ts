import type { TreeSpan } from '@planscope/bootstrap';
import { type Finding, findings } from '@planscope/findings';
import { printableLine } from '@planscope/internal/printable-text';
import { durationText } from '@planscope/internal/quantity';
import type { AttributeValue, Run } from '@planscope/run-model';
import { toText } from '@planscope/viewer';
import { durationsOf, runAtMedian } from '../runs/durations.ts';
import { clipLine, clipLines, wrapIndented } from './fit-text.ts';
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
    await print(terminal, `\n${await renderTree(run, terminal)}`);
    await printFindings(findings(run), terminal);
  }
}

/** The spans of a run as a tree, with their numbers; of a run without spans, its operators. */
export async function renderTree(run: Run, { colors, columns }: Terminal): Promise<string> {
  if (run.spans.length === 0) return clipLines(toText(run), columns);
  // It comes with the OpenTelemetry SDK, which the other commands do without.
  const { renderTraceTree } = await import('@planscope/bootstrap');
  const heading = (line: string): string => colors.dim(clipLine(line, columns));
  const failed = (line: string): string => colors.red(clipLine(line, columns));
  return clipLines(renderTraceTree(treeSpans(run), { heading, failed, columns }), columns);
}

function treeSpans({ start = '0', spans }: Run): TreeSpan[] {
  const origin = BigInt(start);
  return spans.map((span) => {
    const begun = origin + BigInt(Math.round(span.start));
    return {
      spanId: span.id,
      parentSpanId: span.parentId,
      name: printableLine(span.name),
      start: begun,
      end: begun + BigInt(Math.round(span.duration)),
      failed: span.status === 'error',
      attributes: new Map(Object.entries(span.attributes).map(([key, value]) => [key, printable(value)])),
    };
  });
}

/** A trace may be of anybody, and the terminal would obey its escape sequences. */
function printable(value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return printableLine(value);
  return Array.isArray(value) ? value.map(printable) : value;
}

/** Prints findings, the most important first. Prints nothing if there are none. */
export async function printFindings(found: readonly Finding[], terminal: Terminal): Promise<void> {
  const { colors, columns } = terminal;
  const marks = { critical: colors.red('critical'), warning: colors.yellow('warning '), info: colors.cyan('info    ') };
  for (const { severity, title, explanation, advice } of found) {
    await print(
      terminal,
      `\n${marks[severity]} ${colors.bold(printableLine(title))}\n${wrapIndented(printableLine(explanation), columns)}\n${wrapIndented(printableLine(advice), columns)}`,
    );
  }
}

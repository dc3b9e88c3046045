import type { Finding } from '@planscope/findings';
import { printableLine } from '@planscope/internal/printable-text';
import { count, durationText } from '@planscope/internal/quantity';
import { Command, Option } from 'commander';
import { EXIT } from '../command-error.ts';
import { runsOf } from '../input/runs-of.ts';
import { wrapLine } from '../output/fit-text.ts';
import { print, printJson } from '../output/terminal.ts';
import type { CommandFactory } from './command-factory.ts';

const EXAMPLES = `
Examples:
  $ planscope findings traces.jsonl
  $ planscope findings traces.jsonl --fail-on warning
  $ planscope findings traces.jsonl --json | jq .rule`;

/** From the least to the most serious. */
const SEVERITIES = ['info', 'warning', 'critical'] as const satisfies readonly Finding['severity'][];

interface FindingsFlags {
  readonly failOn?: Finding['severity'];
  readonly json?: true;
}

/** Prints what made each run slow or expensive. */
export const findingsCommand: CommandFactory = (terminal, exit) =>
  new Command('findings')
    .summary('print what made each run slow or expensive')
    .description('Print findings: what made a run slow or expensive, with numbers and what to do about it.')
    .argument('<files...>', 'traces, profiles or results, or - for standard input')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 on a finding of this severity or higher').choices(SEVERITIES),
    )
    .option('--json', 'print each finding as a line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], { failOn, json }: FindingsFlags) => {
      const { findings } = await import('@planscope/findings');
      const { printFindings } = await import('../output/print-runs.ts');
      let runs = 0;
      let total = 0;
      for (const file of files) {
        for await (const run of runsOf(file, terminal, { withSpans: false })) {
          runs += 1;
          const found = findings(run);
          total += found.length;
          if (failOn !== undefined && found.some(({ severity }) => isAtLeast(severity, failOn))) exit(EXIT.failed);
          if (json) for (const finding of found) await printJson(terminal, { run: run.id, name: run.name, ...finding });
          else if (found.length > 0) {
            const duration = run.duration === undefined ? '' : ` (${durationText(run.duration)})`;
            const place = wrapLine(`run ${run.id}`, terminal.columns, 0);
            await print(terminal, `\n${terminal.colors.bold(printableLine(run.name))}${duration}\n${place}`);
            await printFindings(found, terminal);
          }
        }
      }
      if (!json) await print(terminal, `\n${count(total)} findings in ${count(runs)} runs`);
    });

function isAtLeast(severity: Finding['severity'], least: Finding['severity']): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

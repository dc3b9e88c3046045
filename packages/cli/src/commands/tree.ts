import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { runsOf } from '../input/runs-of.ts';
import { print, printJson } from '../output/terminal.ts';
import type { CommandFactory } from './command-factory.ts';
import { positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope tree traces.jsonl
  $ planscope tree traces.jsonl --run 4bf92f3577b34da6
  $ planscope tree profile.json`;

interface TreeFlags {
  readonly run?: string;
  readonly limit?: number;
  readonly json?: true;
}

/** Prints the spans of each run as a tree. */
export const treeCommand: CommandFactory = (terminal) =>
  new Command('tree')
    .summary('print traces as trees')
    .description('Print the spans of each run as a tree, with durations, compute time, rows and bytes.')
    .argument('<file>', 'a trace, a profile or a result, or - for standard input')
    .option('--run <id>', 'only the run whose id or trace id starts with this')
    .option('--limit <n>', 'only the first runs', positiveInteger)
    .option('--json', 'print each run as a line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { run: id, limit = Number.POSITIVE_INFINITY, json }: TreeFlags) => {
      const { renderTree } = await import('../output/print-runs.ts');
      let printed = 0;
      for await (const run of runsOf(file, terminal)) {
        if (id !== undefined && !run.id.startsWith(id) && run.identity.traceId?.startsWith(id) !== true) continue;
        if (json) await printJson(terminal, run);
        else await print(terminal, `${printed === 0 ? '' : '\n'}${renderTree(run, terminal)}`);
        printed += 1;
        if (printed >= limit) break;
      }
      if (printed === 0)
        throw new CommandError(id === undefined ? `${file} has no runs` : `${file} has no run "${id}"`);
    });

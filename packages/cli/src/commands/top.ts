import { printableLine } from '@planscope/internal/printable-text';
import { bytesText, count, durationText } from '@planscope/internal/quantity';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runsOf } from '../input/runs-of.ts';
import { clipLine } from '../output/fit-text.ts';
import { print, printJson, type Terminal } from '../output/terminal.ts';
import { type Grouping, TOP_ORDERS, Top, type TopGroup, type TopOrder } from '../runs/top.ts';
import type { CommandFactory } from './command-factory.ts';
import { positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope top traces.jsonl
  $ planscope top traces.jsonl --by field:tenant --order bytes
  $ cat traces/*.jsonl | planscope top - --json`;

interface TopFlags {
  readonly by: Grouping;
  readonly order: TopOrder;
  readonly limit: number;
  readonly json?: true;
}

/** Adds up the runs of traces, the most expensive first. */
export const topCommand: CommandFactory = (terminal) =>
  new Command('top')
    .summary('list the most expensive queries of traces')
    .description('Add up the runs of traces by query, plan, name or field, the most expensive first.')
    .argument('<files...>', 'traces, or - for standard input')
    .option('--by <grouping>', 'query, plan, name, or field:NAME', grouping, 'query')
    .addOption(new Option('--order <order>', 'what to sort by').choices(TOP_ORDERS).default('compute'))
    .option('--limit <n>', 'groups to print', positiveInteger, 20)
    .option('--json', 'print the groups as a JSON array')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], { by, order, limit, json }: TopFlags) => {
      const top = new Top(by);
      for (const file of files) for await (const run of runsOf(file, terminal, { withSpans: false })) top.add(run);
      const groups = top.groups(order).slice(0, limit);
      if (json) await printJson(terminal, groups);
      else await print(terminal, renderGroups(groups, terminal));
    });

function grouping(text: string): Grouping {
  if (text === 'query' || text === 'plan' || text === 'name') return text;
  const [, field] = /^field:(.+)$/.exec(text) ?? [];
  if (field === undefined) throw new InvalidArgumentError('Use query, plan, name, or field:NAME, as in field:tenant.');
  return { field };
}

/** What a narrow terminal does without, the least important first. */
const DISPENSABLE = ['95 %', 'slowest', 'plans', 'errors', 'median', 'read', 'time'];

/** Columns of the text of a query that other numbers make room for, and that it keeps if there is no more room. */
const LEAST_COLUMN = 20;
const LEAST_QUERY = 8;

/** As many columns as fit. */
function renderGroups(groups: readonly TopGroup[], terminal: Terminal): string {
  const { columns = 120 } = terminal;
  let table = renderTable(groups, terminal, []);
  for (let omitted = 1; omitted <= DISPENSABLE.length && widthOf(table) > columns; omitted += 1) {
    table = renderTable(groups, terminal, DISPENSABLE.slice(0, omitted));
  }
  const excess = widthOf(table) - columns;
  return excess <= 0 ? table : renderTable(groups, terminal, DISPENSABLE, Math.max(LEAST_QUERY, LEAST_COLUMN - excess));
}

/** The border above the table has no colours and no wide characters. */
function widthOf(table: string): number {
  return table.indexOf('\n');
}

function renderTable(
  groups: readonly TopGroup[],
  { colors, columns = 120 }: Terminal,
  omitted: readonly string[],
  width = Math.max(LEAST_COLUMN, columns - 90),
): string {
  const heads = ['compute', 'time', 'runs', 'median', '95 %', 'slowest', 'read', 'errors', 'plans', 'query'];
  const shown = heads.filter((head) => !omitted.includes(head));
  const table = new Table({
    head: shown.map((head) => colors.bold(head)),
    colAligns: shown.map((head) => (head === 'query' ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const { key, name, compute, time, runs, median, nearlyMost, most, bytes, errors, plans } of groups) {
    const text = printableLine(key.length === 64 ? name : key).replace(/\s+/g, ' ');
    const cells = [
      compute === undefined ? '' : durationText(compute),
      durationText(time),
      count(runs),
      durationText(median),
      durationText(nearlyMost),
      durationText(most),
      bytes === undefined ? '' : bytesText(bytes),
      errors === 0 ? '' : colors.red(count(errors)),
      plans === 0 ? '' : count(plans),
      clipLine(text, width),
    ];
    table.push(cells.filter((_, index) => !omitted.includes(heads[index] ?? '')));
  }
  return table.toString();
}

import type { QuerySample, Regression } from '@planscope/findings';
import { printableLine } from '@planscope/internal/printable-text';
import { bytesText, count, durationText } from '@planscope/internal/quantity';
import type { Operator } from '@planscope/run-model';
import Table from 'cli-table3';
import { Command } from 'commander';
import stringWidth from 'string-width';
import { CommandError, EXIT } from '../command-error.ts';
import { runsOf } from '../input/runs-of.ts';
import { clipLine, wrapIndented, wrapLine } from '../output/fit-text.ts';
import { print, printJson, type Terminal } from '../output/terminal.ts';
import { compareRuns, type OperatorPair } from '../runs/compare-runs.ts';
import type { QueryRuns, RunsByQuery } from '../runs/query-runs.ts';
import type { CommandFactory } from './command-factory.ts';

const EXAMPLES = `
Examples:
  $ planscope compare before.jsonl after.jsonl
  $ planscope compare before.jsonl after.jsonl --fail-on-regression
  $ planscope query report.sql --repeat 5 --trace before.jsonl

With one run of each query, it shows what differs. To tell a regression from noise, it needs five runs on each side.`;

interface CompareFlags {
  readonly failOnRegression?: true;
  readonly json?: true;
}

/** The runs of one query on both sides. */
interface QueryPair {
  readonly key: string;
  readonly before: QueryRuns;
  readonly after: QueryRuns;
}

/** Shows two sets of runs side by side, query by query. */
export const compareCommand: CommandFactory = (terminal, exit) =>
  new Command('compare')
    .summary('compare the runs of two files, query by query')
    .description(
      'Compare the runs of two files, query by query: plans, rows, compute time, bytes, and what became slower.',
    )
    .argument('<before>', 'traces or runs')
    .argument('<after>', 'traces or runs')
    .option('--fail-on-regression', 'exit with 1 if a query became worse')
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (beforeFile: string, afterFile: string, { failOnRegression, json }: CompareFlags) => {
      const before = await runsByQuery(beforeFile, terminal);
      const after = await runsByQuery(afterFile, terminal, before);
      const pairs = pairUp(before.queries, after.queries);
      if (pairs.length === 0) throw new CommandError('no query is in both files');
      tellLeftOut(beforeFile, before, terminal);
      tellLeftOut(afterFile, after, terminal);
      const { regressionsOfSamples } = await import('@planscope/findings');
      const worse = regressionsOfSamples(samplesIn(before), samplesIn(after));
      if (json) await printJson(terminal, { queries: pairs.map(compared), regressions: worse });
      else {
        for (const pair of pairs) await printPair(pair, terminal);
        await printRegressions(worse, pairs, terminal);
      }
      if (failOnRegression && worse.length > 0) exit(EXIT.failed);
    });

/** @param others the runs to compare with; a query that they lack is left out */
async function runsByQuery(file: string, terminal: Terminal, others?: RunsByQuery): Promise<RunsByQuery> {
  // Loaded only here, because it needs the rules of findings.
  const { RunsByQuery } = await import('../runs/query-runs.ts');
  const found = new RunsByQuery();
  const isWanted = (key: string): boolean =>
    others === undefined || others.queries.size === 1 || others.queries.has(key);
  for await (const run of runsOf(file, terminal)) found.add(run, isWanted);
  return found;
}

function samplesIn({ queries }: RunsByQuery): QuerySample[] {
  return [...queries.values()].flatMap(({ samples }) => samples);
}

function tellLeftOut(file: string, { leftOut }: RunsByQuery, { stderr, colors }: Terminal): void {
  if (leftOut !== undefined) stderr.write(`${colors.yellow('left out')}: ${file}: ${leftOut}\n`);
}

function pairUp(before: ReadonlyMap<string, QueryRuns>, after: ReadonlyMap<string, QueryRuns>): QueryPair[] {
  const [one, ...more] = before;
  const [other, ...others] = after;
  // Two files with one query each are compared even if the query was rewritten.
  if (one && other && more.length === 0 && others.length === 0) {
    return [{ key: other[0], before: one[1], after: other[1] }];
  }
  return [...before].flatMap(([key, runs]) => {
    const matching = after.get(key);
    return matching === undefined ? [] : [{ key, before: runs, after: matching }];
  });
}

function compared({ key, before, after }: QueryPair): object {
  const { planDiff, operators } = compareRuns(before.operators, after.operators);
  const side = ({ count: runs, durations }: QueryRuns): object => ({ runs, duration: durations });
  return { query: key, before: side(before), after: side(after), planDiff, operators: operators.map(numbersOf) };
}

async function printPair({ key, before, after }: QueryPair, terminal: Terminal): Promise<void> {
  const { colors, columns = 120 } = terminal;
  const text = printableLine(key.length === 64 ? after.name : key).replace(/\s+/g, ' ');
  const { planDiff, operators } = compareRuns(before.operators, after.operators);
  await print(terminal, `\n${colors.bold(clipLine(text, columns))}`);
  const [was, is] = [before.durations.median, after.durations.median];
  await print(
    terminal,
    wrapLine(
      `median ${durationText(was)} → ${durationText(is)}${factor(was, is)}, ${runsText(before, after)}`,
      columns,
      0,
    ),
  );
  await print(terminal, renderOperators(operators, terminal));
  if (planDiff === undefined) await print(terminal, colors.dim('the plan is the same'));
  else await print(terminal, `plan\n${colored(planDiff, terminal)}`);
}

function runsText(before: QueryRuns, after: QueryRuns): string {
  return `of ${before.count} and ${after.count} ${before.count + after.count === 2 ? 'run' : 'runs'}`;
}

/** What a narrow terminal does without, the least important first. */
const DISPENSABLE = ['memory', 'read', 'estimate', 'change', 'compute'];

/** As many columns as fit. */
function renderOperators(pairs: readonly OperatorPair[], terminal: Terminal): string {
  const { columns = Number.POSITIVE_INFINITY } = terminal;
  let table = renderTable(pairs, terminal, []);
  for (let omitted = 1; omitted <= DISPENSABLE.length && table.indexOf('\n') > columns; omitted += 1) {
    table = renderTable(pairs, terminal, DISPENSABLE.slice(0, omitted));
  }
  const excess = table.indexOf('\n') - columns;
  if (excess <= 0) return table;
  const widest = pairs.reduce((width, pair) => Math.max(width, stringWidth(nameOf(pair))), 0);
  return renderTable(pairs, terminal, DISPENSABLE, Math.max(LEAST_NAME, widest - excess));
}

/** The name of an operator is not shortened further, though the table is then too wide. */
const LEAST_NAME = 8;

function nameOf({ depth, before, after }: OperatorPair): string {
  return `${'  '.repeat(depth)}${printableLine((after ?? before)?.name ?? '')}`;
}

/** @param nameWidth longest name of an operator, in columns; default: any */
function renderTable(
  pairs: readonly OperatorPair[],
  { colors }: Terminal,
  omitted: readonly string[],
  nameWidth?: number,
): string {
  const heads = ['operator', 'rows', 'estimate', 'compute', 'change', 'read', 'memory'];
  const shown = heads.filter((head) => !omitted.includes(head));
  const table = new Table({
    head: shown.map((head) => colors.bold(head)),
    colAligns: shown.map((head) => (head === 'operator' ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const pair of pairs) {
    const { before, after } = pair;
    const name = clipLine(nameOf(pair), nameWidth);
    const change = after === undefined ? colors.red('- ') : before === undefined ? colors.green('+ ') : '  ';
    const cells = [
      change + name,
      sides(before?.rows, after?.rows, count),
      sides(before?.estimatedRows, after?.estimatedRows, count),
      sides(before?.compute, after?.compute, durationText),
      before?.compute === undefined || after?.compute === undefined ? '' : difference(before.compute, after.compute),
      sides(before?.bytesRead, after?.bytesRead, bytesText),
      sides(before?.peakMemory, after?.peakMemory, bytesText),
    ];
    table.push(cells.filter((_, index) => !omitted.includes(heads[index] ?? '')));
  }
  return table.toString();
}

/** One number where both sides are equal. */
function sides(before: number | undefined, after: number | undefined, text: (value: number) => string): string {
  if (before === undefined && after === undefined) return '';
  if (before === after && before !== undefined) return text(before);
  return `${before === undefined ? '-' : text(before)} → ${after === undefined ? '-' : text(after)}`;
}

function difference(before: number, after: number): string {
  const sign = after >= before ? '+' : '-';
  return `${sign}${durationText(Math.abs(after - before))}`;
}

function factor(before: number, after: number): string {
  return before === 0 ? '' : ` (× ${(after / before).toFixed(2)})`;
}

function colored(diff: string, { colors, columns }: Terminal): string {
  return plainLines(diff)
    .map((line) => clipLine(line, columns))
    .map((line) => (line.startsWith('+') ? colors.green(line) : line.startsWith('-') ? colors.red(line) : line))
    .join('\n');
}

function plainLines(text: string): string[] {
  return text.trimEnd().split('\n').map(printableLine);
}

async function printRegressions(
  worse: readonly Regression[],
  pairs: readonly QueryPair[],
  terminal: Terminal,
): Promise<void> {
  const { colors, columns } = terminal;
  for (const { summary, explanation, confidence } of worse) {
    await print(
      terminal,
      `\n${colors.red('worse')} ${colors.bold(printableLine(summary))}\n${wrapIndented(printableLine(explanation), columns)}`,
    );
    await print(terminal, `  confidence ${(confidence * 100).toFixed(1)} %`);
  }
  if (worse.length > 0) return;
  const few = pairs.filter(({ before, after }) => Math.min(before.count, after.count) < 5).length;
  await print(terminal, `\n${colors.dim('no query is significantly worse')}`);
  if (few === 0) return;
  const note = `${few} of ${pairs.length} ${pairs.length === 1 ? 'query' : 'queries'} had fewer than five runs on a side`;
  await print(terminal, colors.dim(wrapLine(note, columns, 0)));
}

function numbersOf({ depth, before, after }: OperatorPair): object {
  return { depth, before: before && operatorNumbers(before), after: after && operatorNumbers(after) };
}

function operatorNumbers(operator: Operator): object {
  const { name, description, rows, estimatedRows, compute, bytesRead, peakMemory, spilledBytes } = operator;
  return { name, description, rows, estimatedRows, compute, bytesRead, peakMemory, spilledBytes };
}

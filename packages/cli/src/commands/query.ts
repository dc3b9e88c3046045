import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import type { QueryPreset } from '@planscope/duckdb';
import { printableText } from '@planscope/internal/printable-text';
import { Argument, Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import { unreadableFile } from '../input/file-error.ts';
import { renderTable } from '../output/table.ts';
import { Progress, print, printJson, type Terminal } from '../output/terminal.ts';
import type { CommandFactory } from './command-factory.ts';
import { positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope query "SELECT count(*) FROM 'orders/*.parquet'"
  $ planscope query report.sql --database shop.duckdb --html report.html
  $ planscope query report.sql --repeat 5 --trace before.jsonl
  $ echo "SELECT 42" | planscope query - --json

Without --write, the database is opened for reading only.`;

const PRESETS: readonly QueryPreset[] = ['maximal', 'maximal-no-data', 'production-lean'];

interface QueryFlags {
  readonly database?: string;
  readonly write?: true;
  readonly html?: string;
  readonly trace?: string;
  readonly preset: QueryPreset;
  readonly repeat: number;
  readonly rows: number;
  readonly json?: true;
}

/** Runs SQL in DuckDB, and shows its rows, its trace and findings. */
export const queryCommand: CommandFactory = (terminal) =>
  new Command('query')
    .summary('run SQL in DuckDB and show its rows, operators and findings')
    .description(
      'Run SQL in DuckDB, on files or a database, and show its rows, its operators with their numbers, and findings.',
    )
    .addArgument(new Argument('<sql>', 'SQL, a file that ends in .sql, or - for standard input'))
    .option('-d, --database <file>', 'database to run it on; default: one in memory')
    .option('--write', 'permit changes to the database')
    .option('--html <file>', 'also write a page to look at; missing folders are created')
    .option('--trace <file>', 'also append the trace to a file, for view, compare and top; missing folders are created')
    .addOption(new Option('--preset <name>', 'what to record').choices(PRESETS).default('maximal-no-data'))
    .option('--repeat <n>', 'run it several times and print how long the runs took', positiveInteger, 1)
    .option('--rows <n>', 'rows of the result to print', positiveInteger, 20)
    .option('--json', 'print rows and runs as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, flags: QueryFlags) => {
      const sql = await sqlOf(given, terminal);
      const { QueryFailure, traceQueries } = await import('../query/traced-queries.ts');
      const { printRuns } = await import('../output/print-runs.ts');
      const { writePage } = await import('../output/runs-page.ts');
      const progress = new Progress(terminal);
      const onRun = (finished: number): void => progress.show(() => `run ${finished} of ${flags.repeat}`);
      const onWarning = (message: string): void => void terminal.stderr.write(`${printableText(message)}\n`);
      const { database, preset, repeat, rows: maxRows, trace: traceFile } = flags;
      const write = flags.write === true;
      const query = {
        sql,
        database,
        write,
        preset,
        repeat,
        maxRows,
        traceFile,
        signal: terminal.signal,
        onRun,
        onWarning,
      };
      try {
        const { result, runs, lostSpans } = await traceQueries(query).finally(() => progress.clear());
        if (flags.json) await printJson(terminal, { result, runs });
        else {
          await print(terminal, renderTable(result, terminal));
          await printRuns(runs, terminal);
        }
        if (flags.html !== undefined) await writePage(flags.html, runs, terminal.signal);
        if (lostSpans > 0) throw new CommandError(`${lostSpans} spans of the trace were lost`);
      } catch (error) {
        if (error instanceof QueryFailure) {
          if (flags.json) await printJson(terminal, { error: error.message, runs: error.runs });
          else await printRuns(error.runs, terminal);
          if (flags.html !== undefined) await writePage(flags.html, error.runs, terminal.signal);
        }
        throw error;
      }
    });

async function sqlOf(given: string, { stdin }: Terminal): Promise<string> {
  const sql = given === '-' ? await readText(stdin) : given.endsWith('.sql') ? await readSql(given) : given;
  if (sql.trim() === '') throw new CommandError('the query is empty');
  return sql;
}

async function readSql(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadableFile(file, cause as Error);
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './scripted-terminal.ts';

const COMMANDS = ['query', 'view', 'findings', 'tree', 'top', 'compare', 'serve', 'doctor', 'completion'];

let folder: string;
let traces: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-widths-'));
  traces = join(folder, 'traces.jsonl');
  // A join that multiplies its rows, so that there is a finding, and wide characters in names and the text.
  const sql = `WITH "列名" AS (SELECT range % 2 AS "🦆" FROM range(4000)) SELECT count(*) AS "総数" FROM "列名" a JOIN "列名" b USING ("🦆")`;
  const { exitCode } = await runCommand(['query', sql, '--repeat', '2', '--trace', traces]);
  expect(exitCode).toBe(0);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The lines that are wider than the terminal. Commands to copy are not broken, nor is a word such as a path or an address. */
function tooWide(text: string, columns: number): string[] {
  const isTooWide = (line: string): boolean =>
    !line.startsWith('  $ ') && line.trim().includes(' ') && stringWidth(line) > columns;
  return text.split('\n').filter(isTooWide);
}

/** The words of a text, however its lines are broken. */
function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

describe.each([40, 60, 80, 100])('a terminal of %i columns', (columns) => {
  it('holds the help of each command', async () => {
    for (const args of [['--help'], ...COMMANDS.map((command) => [command, '--help'])]) {
      const { stdout } = await runCommand(args, { columns });
      expect(stdout).toContain('Usage: planscope');
      expect(tooWide(stdout, columns)).toEqual([]);
    }
  });

  it('holds what is printed of traces', async () => {
    for (const args of [
      ['tree', traces],
      ['top', traces],
      ['findings', traces],
      ['compare', traces, traces],
    ]) {
      const { stdout, exitCode } = await runCommand(args, { columns });
      expect(exitCode).toBe(0);
      expect([args[0], tooWide(stdout, columns)]).toEqual([args[0], []]);
    }
  });

  it('holds errors and the report of doctor, broken between words', async () => {
    const missing = join(folder, 'no-such-file.jsonl');
    const empty = join(folder, 'empty.jsonl');
    await writeFile(empty, '');
    for (const args of [
      ['tree', missing],
      ['tree', empty],
      ['tree', folder],
      ['tree', fileURLToPath(import.meta.url)],
      ['tree', traces, '--run', 'ffff'],
      ['tree', traces, '--limit', 'many'],
      ['findings', traces, '--fail-on', 'serious'],
      ['query', 'SELECT nothing FROM no_such_table'],
      ['quary', 'SELECT 1'],
      ['top', traces, '--oder', 'time'],
      ['top', traces, '--by', 'colour'],
      ['compare', traces],
    ]) {
      const [narrow, wide] = [await runCommand(args, { columns }), await runCommand(args, { columns: 1000 })];
      expect(narrow.exitCode).toBeGreaterThan(0);
      expect([args, tooWide(narrow.stderr, columns)]).toEqual([args, []]);
      expect(words(narrow.stderr)).toEqual(words(wide.stderr));
    }
    const environment = { PLANSCOPE_EXPORTERS: 'otlp', PLANSCOPE_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const { stdout, exitCode } = await runCommand(['doctor', '--timeout', '500'], { columns, environment });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('PROBLEM');
    expect(tooWide(stdout, columns)).toEqual([]);
  });

  it('has tables of results that fit', async () => {
    const sql = `SELECT range AS id, 'a text of some length' AS comment, range * 1000000 AS amount, now() AS "the time of day", 'x' AS last FROM range(3)`;
    const { stdout } = await runCommand(['query', sql], { columns });
    const table = stdout.split('\n').filter((line) => /^[┌│├└]/.test(line));
    expect(table.length).toBeGreaterThan(5);
    expect(tooWide(table.join('\n'), columns)).toEqual([]);
    expect(stdout.includes('more column')).toBe(columns < 60);
  });

  it('has tables whose columns are aligned', async () => {
    for (const args of [
      ['top', traces],
      ['compare', traces, traces],
    ]) {
      const { stdout } = await runCommand(args, { columns });
      const widths = stdout.split('\n').flatMap((line) => (/^[┌│├└]/.test(line) ? [stringWidth(line)] : []));
      expect(widths.length).toBeGreaterThan(3);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

it('the help is short and complete', async () => {
  const { stdout } = await runCommand(['--help'], { columns: 60 });
  expect(stdout).toMatchInlineSnapshot(`
    "Usage: planscope [options] [command]

    See inside analytical queries: run SQL with its trace, and
    read traces.

    Options:
      -V, --version                       print the version
      -h, --help                          print help

    Commands:
      query [options] <sql>               run SQL in DuckDB and
                                          show its rows,
                                          operators and findings
      view [options] <files...>           write a page with the
                                          runs of a file
      findings [options] <files...>       print what made each
                                          run slow or expensive
      tree [options] <file>               print traces as trees
      top [options] <files...>            list the most
                                          expensive queries of
                                          traces
      compare [options] <before> <after>  compare the runs of
                                          two files, query by
                                          query
      serve [options]                     receive traces on this
                                          machine and show them
      doctor [options]                    tell whether spans
                                          arrive, and why not
      completion <shell>                  print a completion
                                          script for bash, zsh,
                                          fish or powershell
      help [command]                      print help for a
                                          command

    Examples:
      $ planscope query "SELECT count(*) FROM 'orders.parquet'"
      $ planscope query report.sql --database shop.duckdb --html report.html

    Exit codes:
      0  success
      1  a query failed, or a check found something
      2  wrong usage or input
    "
  `);
  expect((await runCommand(['findings', '--help'], { columns: 60 })).stdout).toMatchInlineSnapshot(`
    "Usage: planscope findings [options] <files...>

    Print findings: what made a run slow or expensive, with
    numbers and what to do about it.

    Arguments:
      files                 traces, profiles or results, or -
                            for standard input

    Options:
      --fail-on <severity>  exit with 1 on a finding of this
                            severity or higher (choices: "info",
                            "warning", "critical")
      --json                print each finding as a line of JSON
      -h, --help            print help

    Examples:
      $ planscope findings traces.jsonl
      $ planscope findings traces.jsonl --fail-on warning
      $ planscope findings traces.jsonl --json | jq .rule
    "
  `);
});

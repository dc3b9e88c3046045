import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { runsFromSpans } from '@planscope/run-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readQueryInfo } from '../../trino/src/report/read-query-info.ts';
import { toEngineReport } from '../../trino/src/report/to-engine-report.ts';
import { drawnTrace } from '../../trino/test/drawn-trace.ts';
import { recording } from '../../trino/test/recordings.ts';
import { runCommand } from './scripted-terminal.ts';

let folder: string;
let database: string;
let traces: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-cli-'));
  database = join(folder, 'shop.duckdb');
  traces = join(folder, 'traces.jsonl');
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE orders AS SELECT range AS id, 'city ' || range % 3 AS city FROM range(1000)`);
  connection.closeSync();
  instance.closeSync();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const CITIES = 'SELECT city, count(*) AS orders FROM orders GROUP BY city ORDER BY city';

describe('query', () => {
  it('prints rows, and a tree with the rows of each operator', async () => {
    const { exitCode, stdout } = await runCommand(['query', CITIES, '--database', database, '--rows', '2']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('│ city 0  │    334 │');
    expect(stdout).not.toContain('city 2');
    expect(stdout).toContain('the first 2 of 3 rows');
    expect(stdout).toMatch(/SEQ_SCAN .* 1,000 → 1,000 .*orders/);
  });

  it('prints rows and runs as JSON, and appends the trace to a file', async () => {
    const args = ['query', CITIES, '--database', database, '--trace', traces, '--repeat', '3', '--json'];
    const { exitCode, stdout } = await runCommand(args);
    const { result, runs } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(result).toEqual({
      columns: [
        { name: 'city', type: 'VARCHAR' },
        { name: 'orders', type: 'BIGINT' },
      ],
      rows: [
        ['city 0', '334'],
        ['city 1', '333'],
        ['city 2', '333'],
      ],
      rowCount: 3,
    });
    expect(runs).toHaveLength(3);
    const { stdout: top } = await runCommand(['top', traces, '--json']);
    expect(JSON.parse(top)).toMatchObject([{ key: CITIES, runs: 3, errors: 0, plans: 1 }]);
  });

  it('tells the spread of several runs, and reads SQL from a file or standard input', async () => {
    const file = join(folder, 'cities.sql');
    await writeFile(file, CITIES);
    const { stdout } = await runCommand(['query', file, '-d', database, '--repeat', '3']);
    expect(stdout).toMatch(/3 runs, median [\d.]+ m?µ?s, [\d.]+ .*s to [\d.]+ .*s; the run at the median:/);
    const piped = await runCommand(['query', '-'], { stdin: 'SELECT 42 AS answer' });
    expect(piped.stdout).toContain('answer');
  });

  it('writes a page', async () => {
    const page = join(folder, 'page.html');
    const { exitCode } = await runCommand(['query', CITIES, '-d', database, '--html', page]);
    expect(exitCode).toBe(0);
    expect(await readFile(page, 'utf8')).toContain('<!doctype html>');
  });

  it('fails with the error of the query and its trace', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['query', 'SELECT nothing FROM orders', '-d', database]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: Binder Error: Referenced column "nothing" not found');
    expect(stdout).toContain('!BinderError');
  });

  it('fails before the query where the trace cannot be opened', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['query', 'SELECT 42 AS answer', '--trace', folder]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: cannot write the trace to ${folder}: `);
  });

  it.each([
    ['the page', ['query', 'SELECT 42 AS answer', '--html'], 'page.html'],
    ['the trace', ['query', 'SELECT 42 AS answer', '--trace'], 'trace.jsonl'],
    ['the page of view', ['view', 'TRACES', '--output'], 'page.html'],
  ])('creates the folders that are missing for %s', async (what, args, name) => {
    const file = join(folder, 'missing', what, name);
    const { exitCode } = await runCommand([...args.map((arg) => (arg === 'TRACES' ? traces : arg)), file]);
    expect([exitCode, existsSync(file)]).toEqual([0, true]);
    const below = join(traces, 'below', name);
    const refused = await runCommand([...args.map((arg) => (arg === 'TRACES' ? traces : arg)), below]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`error: cannot write `);
  });

  it('names the commands that read a trace given as a database, and leaves the file as it is', async () => {
    const before = await readFile(traces);
    const refusal = `error: cannot open the database ${traces}: it contains runs and is not a DuckDB database; planscope tree ${traces} prints them`;
    for (const args of [
      ['query', 'SELECT 1', '-d', traces],
      ['serve', '--port', '0', '--store', traces],
    ]) {
      for (const more of args[0] === 'query' ? [[], ['--write']] : [[]]) {
        const { exitCode, stdout, stderr } = await runCommand([...args, ...more]);
        expect([exitCode, stdout]).toEqual([2, '']);
        expect(stderr).toContain(refusal);
      }
    }
    expect(await readFile(traces)).toEqual(before);
  });

  it.each([
    ['rows.csv', 'a,b\n1,2\n', `it is not a DuckDB database; to query a data file, name it in the SQL, as in FROM '`],
    ['rows.json', '[{"a":1}]\n', `it is not a DuckDB database; to query a data file, name it in the SQL, as in FROM '`],
    ['notes.txt', 'text', 'it is not a DuckDB database\n'],
  ])('says that %s is not a database', async (name, content, message) => {
    const file = join(folder, name);
    await writeFile(file, content);
    const { exitCode, stderr } = await runCommand(['query', 'SELECT 1', '-d', file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error: cannot open the database ${file}: ${message}`);
  });

  it.runIf(existsSync('/dev/full'))('fails after the query where the disk of the trace is full', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['query', 'SELECT 42 AS answer', '--trace', '/dev/full']);
    expect([exitCode, stdout.includes('answer')]).toEqual([2, true]);
    expect(stderr).toMatch(/ENOSPC.*error: \d+ spans of the trace were lost/s);
  });

  it('changes a database only where it may', async () => {
    const change = 'CREATE OR REPLACE TABLE copied AS FROM orders';
    const refused = await runCommand(['query', change, '-d', database]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('read-only');
    expect((await runCommand(['query', change, '-d', database, '--write'])).exitCode).toBe(0);
  });

  it.each([0, 300, 1000])('stops at an interrupt after %i ms', async (milliseconds) => {
    const signal = milliseconds === 0 ? AbortSignal.abort() : AbortSignal.timeout(milliseconds);
    const { exitCode } = await runCommand(['query', 'SELECT count(*) FROM range(1e12::BIGINT) WHERE hash(range) = 1'], {
      signal,
    });
    expect(exitCode).toBe(130);
  });

  it('shows no control character of data', async () => {
    const { stdout } = await runCommand(['query', `SELECT chr(27) || '[31mred' || chr(8238) AS text`]);
    expect(stdout).toContain('\\u{1B}[31mred\\u{202E}');
  });
});

describe('traces', () => {
  it('are printed as trees, lines of JSON and pages', async () => {
    const { stdout } = await runCommand(['tree', traces, '--limit', '1']);
    expect(stdout.match(/HASH_GROUP_BY/g)).toHaveLength(1);
    const lines = (await runCommand(['tree', traces, '--json'])).stdout.trim().split('\n');
    const [run] = lines.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(3);
    const one = await runCommand(['tree', traces, '--run', run.identity.traceId, '--json']);
    expect(one.stdout.trim()).toBe(lines[0]);
    const page = await runCommand(['view', traces, '--output', '-', '--slowest', '--limit', '2']);
    expect(page.stdout.match(/<script type="application\/json" id="run-/g)).toHaveLength(2);
    expect((await runCommand(['view', traces, '--run', 'f00d'])).stderr).toContain('there is no run "f00d"');
  });

  it('are served as a page on this machine until an interrupt', async () => {
    const stop = new AbortController();
    const page = new Promise<string>((resolve) => {
      const onOutput = (text: string): void => {
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
        if (url !== undefined) resolve(fetch(url).then((response) => response.text()));
      };
      const served = runCommand(['view', traces, '--serve'], { signal: stop.signal, onOutput });
      stop.signal.addEventListener('abort', () => void served);
    });
    expect((await page).match(/<script type="application\/json" id="run-/g)).toHaveLength(3);
    expect(await page).not.toContain('connect-src');
    stop.abort();
    const { exitCode, stderr } = await runCommand(['view', traces, '--serve', '--output', 'page.html']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cannot be used with option')]);
  });

  it.each([60, 80, 120, 200])('are added up in a table that fits into %i columns', async (columns) => {
    const { stdout } = await runCommand(['top', traces], { columns });
    const widths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('query');
  });

  it('cannot control the terminal', async () => {
    const { stdout: json } = await runCommand(['tree', traces, '--json', '--limit', '1']);
    const hostile = json
      .replaceAll('SEQ_SCAN', 'SEQ\\u001b]0;title\\u0007SCAN')
      .replaceAll('orders', '\\u001b[2Jorders\\u202e');
    expect(hostile).not.toBe(json);
    for (const command of ['tree', 'findings', 'top']) {
      const { exitCode, stdout, stderr } = await runCommand([command, '-'], { stdin: hostile });
      expect([exitCode, stderr]).toEqual([0, '']);
      for (const character of ['\u0007', '\u001b', '\u202e']) expect(stdout).not.toContain(character);
    }
  });

  it('are skipped where they are broken, and said', async () => {
    const broken = join(folder, 'broken.jsonl');
    await writeFile(broken, `{"resourceSpans": [\n${await readFile(traces, 'utf8')}nonsense\n`);
    const { exitCode, stdout, stderr } = await runCommand(['tree', broken, '--json']);
    expect([exitCode, stdout.trim().split('\n').length]).toEqual([0, 3]);
    expect(stderr).toContain(`skipped: ${broken}:1: `);
    const nothing = await runCommand(['tree', '-'], { stdin: 'nonsense' });
    expect(nothing.exitCode).toBe(2);
    expect(nothing.stderr).toContain('- is no trace, profile or run that planscope can read');
  });
});

describe('other inputs', () => {
  it('are recognized: gzip, one request, runs as JSON, and what a query printed', async () => {
    const lines = await readFile(traces, 'utf8');
    const [first = ''] = lines.split('\n');
    const asJson = (await runCommand(['tree', traces, '--json'])).stdout;
    const runsOfInput = async (stdin: string | Uint8Array): Promise<unknown[]> => {
      const { stdout, stderr } = await runCommand(['tree', '-', '--json'], { stdin });
      expect(stderr).toBe('');
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).name);
    };
    const three = ['SELECT orders', 'SELECT orders', 'SELECT orders'];
    expect(await runsOfInput(gzipSync(lines))).toEqual(three);
    expect(await runsOfInput(asJson)).toEqual(three);
    expect(
      await runsOfInput(
        JSON.stringify(
          asJson
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
          null,
          2,
        ),
      ),
    ).toEqual(three);
    expect(await runsOfInput(JSON.stringify(JSON.parse(first), null, 2))).toContain('SELECT orders');
    const printed = await runCommand(['query', CITIES, '-d', database, '--json']);
    expect(await runsOfInput(printed.stdout)).toEqual(['SELECT orders']);
  });

  it('include queries that ran on Trino, with their stages and tasks', async () => {
    const { spans } = drawnTrace(toEngineReport(readQueryInfo(recording('476-lake'))));
    const [run] = runsFromSpans(spans);
    const { stdout } = await runCommand(['tree', '-'], { stdin: JSON.stringify(run) });
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '));
    expect(lines.slice(17).join('\n').trimEnd()).toMatchInlineSnapshot(`
      "├ stage  679.00 ms  1.04 ms  1  0  measured  0, 1 task
      │ ├ task  679.00 ms  1.04 ms  1  0  measured  0 on worker2
      │ └ Output  625.00 ms  0.18 ms  1 → ?  observed_events  columns=[revenue]
      │  └ Aggregate  625.00 ms  0.22 ms  1 → 1  observed_events  aggregates=[sum(sum_0)]
      │  └ LocalExchange  625.00 ms  0.12 ms  1  observed_events  partitioning=SINGLE
      │  └ RemoteSource  625.00 ms  0.11 ms  1  observed_events
      └ stage  654.00 ms  201.71 ms  1  1,408,155  measured  1, read by 0, 1 task
        ├ task  654.00 ms  201.71 ms  1  1,408,155  measured  0 on worker2
        └ Aggregate  610.00 ms  0.44 ms  1  observed_events  aggregates=[sum(expr)]
        └ ScanFilterProject  610.00 ms  201.17 ms ► 99 %  1,191  1,408,155  observed_events  lake.t.lineitem, filter=((discount BETWEEN ?1) AND (quantity < ?2) AND (shipdate >= date ?3) AND (sh…"
    `);
    const { stdout: found } = await runCommand(['findings', '-'], { stdin: JSON.stringify(run) });
    expect(found).not.toContain('0.05');
  });

  it('include a bare profile of DuckDB, whose literals are redacted', async () => {
    const profile = join(folder, 'profile.json');
    const instance = await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    await connection.run(`PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = '${profile}'`);
    await connection.run(`SELECT count(*) FROM orders WHERE city > 'city 0'`);
    await connection.run('PRAGMA disable_profiling');
    connection.closeSync();
    instance.closeSync();
    const { stdout } = await runCommand(['tree', profile]);
    expect(stdout).toMatch(/SEQ_SCAN/);
    const page = await runCommand(['view', profile, '-o', '-']);
    expect(page.stdout).toContain('SEQ_SCAN');
    expect(stdout + page.stdout).not.toContain('city 0');
  });

  it('are refused where they are something else', async () => {
    for (const stdin of ['{"a": 1}', '[1, 2]', Buffer.from('\n\u0005\u0001\u0001\u0001')]) {
      const { exitCode, stderr } = await runCommand(['tree', '-'], { stdin });
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is no trace, profile or run')]);
    }
  });
});

describe('findings and compare', () => {
  const JOIN = 'SELECT count(*) FROM items JOIN prices USING (id)';

  beforeAll(async () => {
    const write = ['-d', database, '--write'];
    await runCommand(['query', 'CREATE TABLE items AS SELECT range % 1000 AS id FROM range(200_000)', ...write]);
    await runCommand(['query', 'CREATE TABLE prices AS SELECT range AS id FROM range(1000)', ...write]);
    await runCommand(['query', JOIN, '-d', database, '--repeat', '6', '--trace', join(folder, 'before.jsonl')]);
    await runCommand(['query', 'INSERT INTO prices SELECT range % 1000 FROM range(50_000)', ...write]);
    await runCommand(['query', JOIN, '-d', database, '--repeat', '6', '--trace', join(folder, 'after.jsonl')]);
  }, 60_000);

  it('find a join that multiplies its rows, and fail on it where asked to', async () => {
    const found = await runCommand(['findings', join(folder, 'after.jsonl'), '--json', '--fail-on', 'warning']);
    const rules = found.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).rule);
    expect([found.exitCode, rules.filter((rule) => rule === 'exploding-join')]).toEqual([
      1,
      Array(6).fill('exploding-join'),
    ]);
    const fine = await runCommand(['findings', join(folder, 'before.jsonl'), '--fail-on', 'warning']);
    expect(fine).toMatchObject({ exitCode: 0 });
    expect(fine.stdout).toContain('0 findings in 6 runs');
  });

  it('name a regression, with the rows of both sides', async () => {
    const files = [join(folder, 'before.jsonl'), join(folder, 'after.jsonl')];
    const { exitCode, stdout } = await runCommand(['compare', ...files, '--fail-on-regression']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/HASH_JOIN +│ 200,000 → 10,200,000/);
    expect(stdout).toMatch(/worse SELECT items prices\n {2}.*its operators pass on more rows/);
    const [before = ''] = files;
    const same = await runCommand(['compare', before, before, '--fail-on-regression']);
    expect([same.exitCode, same.stdout.includes('no query is significantly worse')]).toEqual([0, true]);
    expect((await runCommand(['compare', before, traces])).exitCode).toBe(0);
  });
});

describe('compare', () => {
  const line = (query: number, run: number): string => {
    const start = 1_700_000_000_000_000_000n + BigInt(query * 1000 + run) * 1_000_000n;
    const identifier = (digits: number): string => (query * 1000 + run + 1).toString(16).padStart(digits, '0');
    const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });
    const span = {
      traceId: identifier(32),
      spanId: identifier(16),
      name: 'SELECT',
      kind: 3,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + BigInt(run + 1) * 1_000_000n),
      attributes: [attribute('planscope.span.kind', 'query'), attribute('db.query.text', `SELECT a${query} FROM t`)],
    };
    return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  };
  const fileOf = async (name: string, pairs: readonly (readonly [number, number])[]): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, pairs.map(([query, run]) => `${line(query, run)}\n`).join(''));
    return file;
  };
  const times = (most: number): number[] => Array.from({ length: most }, (_, index) => index);

  it('keeps the last 100 runs of 1,000 queries, and tells what it leaves out', async () => {
    const many = await fileOf(
      'many.jsonl',
      times(1010).map((query) => [query, 0] as const),
    );
    const few = await fileOf('few.jsonl', [[3, 0], [1005, 0], ...times(105).map((run) => [2, run] as const)]);
    const { exitCode, stdout, stderr } = await runCommand(['compare', many, few, '--json']);
    const { queries } = JSON.parse(stdout);
    expect([exitCode, stderr.split('\n')]).toEqual([
      0,
      [
        `left out: ${many}: 10 runs of queries after the first 1,000`,
        `left out: ${few}: 5 runs of queries that ran more than 100 times`,
        '',
      ],
    ]);
    expect(queries.map(({ before, after }: Record<string, { runs: number }>) => [before?.runs, after?.runs])).toEqual([
      [1, 100],
      [1, 1],
    ]);
    // The last 100 of 105 runs took from 6 to 105 ms.
    expect(queries[0].after.duration).toMatchObject({ least: 6e6, median: 55e6, most: 105e6 });
  }, 60_000);
});

describe('usage', () => {
  it.each([
    [['qurey'], `error: unknown command 'qurey'\n(Did you mean query?)`],
    [['help', 'tre'], `error: unknown command 'tre'\n(Did you mean tree?)`],
    [['help', 'nope'], `error: unknown command 'nope'\n(Did you mean top?)`],
    [['tre', '--help'], `error: unknown command 'tre'\n(Did you mean tree?)`],
    [['query', 'SELECT 1', '--repaet', '2'], `error: unknown option '--repaet'\n(Did you mean --repeat?)`],
    [
      ['query', 'SELECT 1', '--repeat', '0'],
      `error: option '--repeat <n>' argument '0' is invalid. Use a whole number`,
    ],
    [['query', 'SELECT 1', '--preset', 'all'], 'Allowed choices are maximal, maximal-no-data, production-lean'],
    [['query', ' '], 'error: the query is empty'],
    [['query', 'missing.sql'], 'error: cannot read missing.sql: there is no such file'],
    [['query', 'SELECT 1', '-d', 'missing/x.duckdb'], 'error: cannot open the database missing/x.duckdb: '],
    [['tree', 'missing.jsonl'], 'error: cannot read missing.jsonl: there is no such file'],
    [['tree', '.'], 'error: cannot read .: it is a folder'],
    [['top', '/dev/null'], 'error: /dev/null is empty'],
    [['top', 'missing.jsonl', '--by', 'colour'], 'Use query, plan, name, or field:NAME'],
  ])('%j is refused with what would be right', async (args, message) => {
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('has help with examples for each command', async () => {
    const { exitCode, stdout } = await runCommand(['--help']);
    expect(exitCode).toBe(0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(([, name = '']) => name);
    expect(names).toContain('query');
    for (const name of names.filter((command) => command !== 'completion')) {
      expect((await runCommand([name, '--help'])).stdout).toContain(`$ planscope ${name}`);
    }
  });

  it('completes commands and options', async () => {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
    try {
      expect((await runCommand(['completion', 'bash'])).exitCode).toBe(0);
      expect(printed.join('\n')).toContain('# bash completion for planscope');
      printed.length = 0;
      await runCommand(['complete', '--', 'query', '--re']);
      expect(printed.join('\n')).toContain('--repeat');
    } finally {
      log.mockRestore();
    }
  });
});

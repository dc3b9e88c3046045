/**
 * Holds the numbers of a trace to DuckDB's own, over the 22 queries of TPC-H: each number on each operator's span to the profile
 * of the same execution, rows to EXPLAIN ANALYZE, and reads of Parquet files to the system's calls (with strace, on Linux).
 *
 * `node --conditions=@planscope/source --import tsx bench/tpch.ts <folder of tpch/make-data.sql> [--only 2,9] [--presets maximal]
 * [--inputs parquet] [--trees] [--warnings] [--no-strace]`
 */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { QueryPreset } from '@planscope/duckdb';
import { renderRunTree, traceFromSpans } from '@planscope/run-model';
import { holdNumbers } from './tpch/held-numbers.ts';
import { addReads, type FileReads, markSystemCalls, type ReadsByFile, readsOf } from './tpch/system-reads.ts';
import { type Input, runTraced } from './tpch/traced-query.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    presets: { type: 'string', default: 'production-lean,maximal' },
    inputs: { type: 'string', default: 'parquet,database' },
    trees: { type: 'boolean', default: false },
    warnings: { type: 'boolean', default: false },
    'no-strace': { type: 'boolean', default: false },
    'print-reads': { type: 'boolean', default: false },
  },
});
const folder = resolve(positionals[0] ?? '.');
const queries = readQueries();
const numbers = options.only?.split(',').map(Number) ?? queries.map((_, index) => index + 1);
const presets = options.presets.split(',') as QueryPreset[];
const inputs = options.inputs.split(',') as Input[];

if (options['print-reads']) await printReads();
else process.exitCode = (await compareAll()) === 0 ? 0 : 1;

function readQueries(): string[] {
  const listed = JSON.parse(readFileSync(join(folder, 'queries.json'), 'utf8')) as readonly { query: string }[];
  // The profile has the text as it was sent, without what is around it.
  return listed.map(({ query }) => query.trim().replace(/;$/, ''));
}

async function compareAll(): Promise<number> {
  let differing = 0;
  console.log('query  input     preset           numbers  differ  reads  differ');
  for (const number of numbers) {
    const sql = queries[number - 1] ?? '';
    for (const input of inputs) {
      for (const preset of presets) {
        const traced = await runTraced(folder, sql, { input, preset });
        const { compared, differences } = holdNumbers(traced);
        const reads = input === 'parquet' && !options['no-strace'] ? compareReads(number, preset) : undefined;
        const all = [...differences, ...(reads?.differences ?? [])];
        differing += all.length;
        const cells = [`Q${number}`.padEnd(6), input.padEnd(9), preset.padEnd(16), String(compared).padStart(7)];
        cells.push(String(differences.length).padStart(7));
        cells.push(String(reads?.compared ?? '').padStart(6), String(reads?.differences.length ?? '').padStart(7));
        console.log(cells.join(' '));
        for (const difference of all) console.log(`       ${difference}`);
        if (options.warnings)
          for (const { code, message } of traced.warnings) console.log(`       ${code}: ${message}`);
        const trace = options.trees ? traceFromSpans(traced.spans) : undefined;
        if (trace !== undefined) console.log(`${renderRunTree(trace)}\n`);
      }
    }
  }
  return differing;
}

/** Runs the query once more in a process of its own, watched by strace. */
function compareReads(number: number, preset: QueryPreset): { compared: number; differences: string[] } {
  const self = [...process.execArgv, process.argv[1] ?? '', folder];
  const what = ['--print-reads', '--only', String(number), '--presets', preset];
  const { output, reads } = readsOf([process.execPath, ...self, ...what], folder);
  const said = JSON.parse(output) as ReadsByFile;
  const files = [...new Set([...Object.keys(said), ...Object.keys(reads)])].sort();
  const none: FileReads = { bytes: 0, requests: 0 };
  const differences = files.flatMap((file) =>
    (['bytes', 'requests'] as const).flatMap((what) => {
      const [spans, system] = [(said[file] ?? none)[what], (reads[file] ?? none)[what]];
      return spans === system ? [] : [`${file} ${what}: ${spans} on spans, ${system} by the system`];
    }),
  );
  return { compared: files.length * 2, differences };
}

async function printReads(): Promise<void> {
  const [number = 1] = numbers;
  const [preset = 'maximal'] = presets;
  const { spans } = await runTraced(folder, queries[number - 1] ?? '', {
    input: 'parquet',
    preset,
    around: async (run) => {
      markSystemCalls();
      try {
        return await run();
      } finally {
        markSystemCalls();
      }
    },
  });
  const reads: Record<string, FileReads> = {};
  for (const { attributes } of spans.filter(({ name }) => name === 'duckdb.get_ranges')) {
    addReads(reads, basename(String(attributes['object_store.location'])), {
      bytes: Number(attributes['object_store.result.bytes']),
      requests: Number(attributes['object_store.request_count']),
    });
  }
  console.log(JSON.stringify(reads));
}

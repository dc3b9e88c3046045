/**
 * Measures what tracing costs: one table with the bare driver, DuckDB's own profiling, Planscope, and the goal of each.
 *
 * `pnpm bench [--only select-42,group-by] [--rounds 50] [--quick] [--json FILE]`
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { version } from '@duckdb/node-api';
import { runCase } from './cost/case-process.ts';
import { caseNames } from './cost/cases.ts';
import { figure, isMet, type Row } from './cost/row.ts';
import { renderTable } from './cost/table.ts';

/** Time for other programs to remove their files from the shared folder in memory. */
const OTHERS_MILLIS = 3000;

const { values } = parseArgs({
  // pnpm passes its own `--` on.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const wanted = values.only?.split(',') ?? caseNames;
const unknown = wanted.find((name) => !caseNames.includes(name));
if (unknown !== undefined) throw new Error(`there is no case "${unknown}"; there are ${caseNames.join(', ')}`);
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds > 0)) {
  throw new Error(`--rounds is ${values.rounds}; it must be a whole number from 1 up`);
}

const rows: Row[] = [];
const leftovers: string[] = [];
const sharedLeftovers: string[] = [];
for (const name of wanted) {
  const started = performance.now();
  const outcome = await runCase({ name, rounds, quick: values.quick });
  rows.push(...outcome.rows);
  leftovers.push(...outcome.leftovers.own);
  sharedLeftovers.push(...outcome.leftovers.shared);
  if (outcome.status !== 0) {
    console.error(`${name} ended with ${outcome.status}`);
    process.exitCode = 1;
  }
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
if (sharedLeftovers.length > 0) await setTimeout(OTHERS_MILLIS);
leftovers.push(...sharedLeftovers.filter((path) => existsSync(path)));
rows.push(figure('all', 'left in folders for temporary files', leftovers.length, 'number', { atMost: 0 }));
for (const left of leftovers) console.error(`left behind: ${left}`);

console.log(renderTable(rows));
const verdicts = rows.map(isMet).filter((verdict) => verdict !== undefined);
console.log(`${verdicts.filter(Boolean).length} of ${verdicts.length} goals met`);

if (values.json !== undefined) {
  const machine = {
    duckdb: version(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
  };
  const judged = rows.map((row) => ({ ...row, isMet: isMet(row) }));
  writeFileSync(
    values.json,
    `${JSON.stringify({ date: new Date().toISOString(), machine, rows: judged }, undefined, 2)}\n`,
  );
}

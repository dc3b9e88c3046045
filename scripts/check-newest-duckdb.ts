/**
 * Reads profiles of the newest DuckDB with our reader, and fails if it does not know their form, or if a number is not what
 * really happened. So a change is seen on the day of its release, which Python gets first.
 *
 * `pnpm check:newest-duckdb [seconds]`: needs Python 3 with `venv`, PyPI, and Linux. The installation may take that long
 * (default 120); without it, one line says what was left out.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { checkRecording, readRecording } from '../packages/duckdb/test/duckdb-2/check-recording.ts';

const RECORDER = fileURLToPath(new URL('../packages/duckdb/test/duckdb-2/record.py', import.meta.url));
const REPRODUCTION = fileURLToPath(new URL('../docs/reproductions/counters-of-duckdb-2.py', import.meta.url));
const RECORDING_SECONDS = 120;
const PACKAGES = ['duckdb', 'fsspec'];

const limit = Number(process.argv[2] ?? 120) * 1000;
const python = await newestPython(limit);
if ('missing' in python) {
  console.log(`left out: profiles of the newest DuckDB, since ${python.missing}`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'newest-duckdb-'));
  try {
    const recorded = await execa(python.path, [RECORDER, folder], { timeout: RECORDING_SECONDS * 1000, reject: false });
    const faults = recorded.failed ? [`${RECORDER} failed: ${recorded.stderr}`] : checkRecording(folder);
    faults.push(...(await wrongClaims(python.path)));
    for (const fault of faults) console.log(`PROBLEM ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
    else {
      const { version, queries } = readRecording(folder);
      console.log(`ok      ${Object.keys(queries).length} queries on DuckDB ${version}: every number is what happened`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What docs/counters-that-lie.md says of DuckDB 2 and its script no longer shows. */
async function wrongClaims(path: string): Promise<string[]> {
  const { failed, stdout, stderr } = await execa(path, [REPRODUCTION], {
    timeout: RECORDING_SECONDS * 1000,
    reject: false,
  });
  if (failed) return [`${REPRODUCTION} failed: ${stderr}`];
  const seen: Record<string, Record<string, number>> = JSON.parse(stdout);
  const number = (where: string, what: string): number => seen[where]?.[what] ?? Number.NaN;
  const equal = (one: number, other: number): boolean => Math.abs(one - other) <= 16;
  const [read, process] = ['total_bytes_read', 'bytes that the process read'];
  const claims: Record<string, boolean> = {
    'bytes read are right': [
      'bytes and requests',
      'one row of a million',
      'a query that failed',
      'a query that spilled',
    ].every((where) => equal(number(where, read), number(where, process))),
    'bytes written to a file are right':
      number('bytes and requests', 'total_bytes_written') === number('bytes and requests', 'size of the file'),
    'rows_scanned is after the filter': number('a filter in the scan', 'rows_scanned') === 150_000,
    'bytes_scanned is more than was read':
      number('one row of a million', 'bytes_scanned') > number('one row of a million', read),
    'spilled bytes are too few':
      number('a query that spilled', 'total_bytes_spilled') <
      number('a query that spilled', 'bytes that the process wrote'),
    'an update has no bytes written':
      number('an update of a database file', 'total_bytes_written') === 0 &&
      number('an update of a database file', 'bytes that the process wrote') > 1_000_000,
    'the rows of a UNION are 0': number('a union', 'intermediate_rows') === 0,
    'total_time has the pauses of the reader': number('a reader that paused for 0.5 s', 'total_time') > 0.5,
  };
  const wrong = Object.entries(claims).filter(([, holds]) => !holds);
  return wrong.map(([claim]) => `docs/counters-that-lie.md says what is no longer so: ${claim}`);
}

/** A Python with the newest DuckDB of PyPI. pip keeps what it downloads. */
async function newestPython(timeout: number): Promise<{ readonly path: string } | { readonly missing: string }> {
  if (process.platform !== 'linux') return { missing: 'reads are counted with /proc/self/io' };
  const environment = join(homedir(), '.cache', 'planscope', 'newest-duckdb');
  const path = join(environment, 'bin', 'python');
  mkdirSync(environment, { recursive: true });
  // What another Python left there does not work with this one.
  const made = await execa('python3', ['-m', 'venv', '--clear', environment], { timeout, reject: false });
  if (made.failed) return { missing: 'there is no Python 3 with venv here' };
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--upgrade', ...PACKAGES];
  const installed = await execa(path, install, { timeout, reject: false });
  if (installed.failed) return { missing: `PyPI does not give ${PACKAGES.join(' and ')} within ${timeout / 1000} s` };
  return { path };
}

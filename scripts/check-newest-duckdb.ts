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

/** A Python with the newest DuckDB of PyPI, in an environment that later runs upgrade. */
async function newestPython(timeout: number): Promise<{ readonly path: string } | { readonly missing: string }> {
  if (process.platform !== 'linux') return { missing: 'reads are counted with /proc/self/io' };
  const environment = join(homedir(), '.cache', 'planscope', 'newest-duckdb');
  const path = join(environment, 'bin', 'python');
  mkdirSync(environment, { recursive: true });
  const made = await execa('python3', ['-m', 'venv', environment], { timeout, reject: false });
  if (made.failed) return { missing: 'there is no Python 3 with venv here' };
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--upgrade', ...PACKAGES];
  const installed = await execa(path, install, { timeout, reject: false });
  if (installed.failed) return { missing: `PyPI does not give ${PACKAGES.join(' and ')} within ${timeout / 1000} s` };
  return { path };
}

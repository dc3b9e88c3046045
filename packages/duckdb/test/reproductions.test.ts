import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const SCRIPTS = new URL('../../../docs/reproductions/', import.meta.url);
const PAGE = new URL('../../../docs/counters-that-lie.md', import.meta.url);

/** Runs a script as a reader does, against the driver that this package is tested with, and reads what it prints. */
async function run(name: string): Promise<Record<string, Record<string, unknown>>> {
  const source = await readFile(new URL(name, SCRIPTS), 'utf8');
  // From stdin its imports are looked up in the working directory, which is where the driver is installed.
  const child = spawn(process.execPath, ['--input-type=module'], { cwd: new URL('..', import.meta.url) });
  child.stdin.end(source);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe('');
  return JSON.parse(output);
}

describe('what the page on counters says', () => {
  it('is shown by a script for each claim', async () => {
    const page = await readFile(PAGE, 'utf8');
    const scripts = await readdir(SCRIPTS);
    const named = new Set([...page.matchAll(/reproductions\/([\w-]+\.(?:mjs|py))/g)].map(([, name]) => name));
    expect([...named].toSorted()).toEqual(scripts.toSorted());
  });

  it('is so of streams', async () => {
    const seen = await run('vanishing-errors.mjs');
    const lost = ['an error after the first rows', 'an interrupt', 'another query on the connection'];
    expect(seen['all rows']).toEqual({ rows: 3_000_000, error: null, statementType: 1 });
    for (const case_ of lost) {
      expect(seen[case_]).toMatchObject({ error: null, statementType: 0 });
      expect(seen[case_]?.rows).toBeLessThan(3_000_000);
    }
    expect(seen['the same error, materialised']?.error).toContain('row 2,500,000 is bad');
  });

  // The process's own count, which the others are held against, is Linux's.
  it.runIf(existsSync('/proc/self/io'))('is so of bytes and scanned rows', async () => {
    const { written = {}, read = {}, rows = {} } = await run('lying-counters.mjs');
    expect(written['total_bytes_written of the profile']).toBe(0);
    expect(written['bytes written in the log']).toBe(written['size of the file']);
    const actual = Number(read['bytes the process read']);
    expect(Number(read['total_bytes_read of the profile'])).toBeLessThan(actual / 100);
    expect(Math.abs(Number(read['bytes read in the log']) / actual - 1)).toBeLessThan(0.01);
    expect(rows).toEqual({
      'operator_rows_scanned of the scan': 2_000_000,
      'operator_cardinality of the scan': 1_000_000,
      'rows of the file': 1_000_000,
    });
  });

  it('is so of rows that are not counted', async () => {
    const seen = await run('uncounted-rows.mjs');
    const rows = Object.values(seen).map((query) => [
      query['rows that came'],
      query['rows_returned of the profile'],
      query['operators with a cardinality of 0'],
    ]);
    expect(rows).toEqual([
      [1000, 0, ['CTE']],
      [96, 0, ['LEFT_DELIM_JOIN', 'DELIM_SCAN']],
      [1000, 1000, ['TABLE_SCAN', 'TABLE_SCAN']],
    ]);
  });

  it('is so of memory and temporary storage', async () => {
    const seen = await run('peaks-of-a-connection.mjs');
    const spilled = seen['a query that spills'];
    expect(spilled?.system_peak_temp_dir_size).toBeGreaterThan(0);
    expect(seen['SELECT 42 after it on the connection']).toEqual({ ...spilled, total_memory_allocated: 0 });
    expect(seen['SELECT 42 on a new connection']).toMatchObject({ system_peak_temp_dir_size: 0 });
    const beside = seen['a small query beside one that spills'];
    expect(beside?.system_peak_temp_dir_size).toBeGreaterThan(Number(beside?.total_memory_allocated));
  });

  it('is so of profiles and whose they are', async () => {
    const { 'a reader that paused': paused, ...names } = await run('whose-profile.mjs');
    expect(names).toEqual({
      'after a query that failed': 'SELECT 1 AS first',
      'while a stream is open': 'SELECT 1 AS first',
      'after another query took the connection': 'SELECT 2 AS second',
      'after two statements in one string': ' SELECT 4 AS fourth',
    });
    expect(paused?.['latency of the profile']).toBeGreaterThan(0.5);
    expect(paused?.['blocked_thread_time of the profile']).toBeLessThan(0.25);
    expect(paused?.['cpu_time of the top operator']).toBeLessThan(0.5);
  });
});

if (!existsSync('/proc/self/io')) console.log('left out: the byte counters of DuckDB, as there is no /proc/self/io');

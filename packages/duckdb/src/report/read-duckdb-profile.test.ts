import { readFileSync } from 'node:fs';
import { readEngineReport } from '@planscope/plan';
import { describe, expect, it } from 'vitest';
import { metric, operatorsOf } from '../../test/flights-exec.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { profileSummary } from '../profile/profile-summary.ts';
import { readDuckDBProfile } from './read-duckdb-profile.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../../test/duckdb-2/recorded/${name}.json`, import.meta.url), 'utf8');

describe('readDuckDBProfile', () => {
  it('gives a report that the contract takes', () => {
    const { report, warnings } = readDuckDBProfile(recorded('join'), { version: 'v2.0.1', start: '1000' });
    expect(readEngineReport(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({
      engine: { name: 'duckdb', version: 'v2.0.1' },
      status: 'ok',
      query: { operation: 'SELECT', summary: 'SELECT' },
      window: { start: '1000' },
    });
    expect(report.query?.text).toContain('JOIN');
    expect(warnings).toEqual([]);
  });

  it('says which form it found, where no version is given', () => {
    expect(readDuckDBProfile(recorded('csv')).report.engine.version).toBe('2');
  });

  it('takes a number beyond 2^53 as digits', () => {
    const text = recorded('csv').replace(/("total_bytes_read": )\d+/, '$19223372036854775807');
    const { report } = readDuckDBProfile(text);
    expect(report.metrics?.find(({ name }) => name === 'bytes_read')?.value).toBe('9223372036854775808');
    expect(readEngineReport(JSON.stringify(report))).toEqual(report);
  });

  it('has no total of the reads where an extension reads by itself', () => {
    const text = recorded('csv').replace('"name": "READ_CSV_AUTO"', '"name": "DELTA_SCAN"');
    const { report } = readDuckDBProfile(text);
    expect(report.metrics?.map(({ name }) => name)).toEqual([
      'output_rows',
      'cumulative_compute',
      'peak_memory',
      'peak_temporary_storage',
      'unlogged_scans',
    ]);
    expect(profileSummary(text).map(({ name }) => name)).not.toContain('bytes_read');
    expect(profileSummary(recorded('csv')).map(({ name }) => name)).toContain('bytes_read');
  });

  it('knows that a query failed, or is told', () => {
    const failed = readDuckDBProfile(recorded('failed-at-run-time')).report;
    expect(failed.status).toBe('error');
    expect(metric(failed, 'bytes_read')).toBeGreaterThan(1_000_000);
    const cancelled = readDuckDBProfile(recorded('join'), { status: 'cancelled' }).report;
    expect(cancelled.status).toBe('cancelled');
    const numbers = [...operatorsOf(cancelled.operators)].flatMap(({ metrics }) => metrics.map(({ name }) => name));
    expect(new Set(numbers)).toEqual(new Set(['estimated_rows']));
  });

  it('warns of what the numbers show, unless that is switched off', () => {
    const codes = (options = {}): string[] =>
      readDuckDBProfile(recorded('spill'), options).warnings.map(({ code }) => code);
    expect(codes()).toEqual(['spilled-to-disk']);
    expect(codes({ warnings: false })).toEqual([]);
  });

  it('names unknown keys once in a process', () => {
    const text = recorded('csv').replace('"io": {', '"io": { "total_bytes_dreamt": 1,');
    const codes = (): string[] => readDuckDBProfile(text, { version: 'v2.9.9' }).warnings.map(({ message }) => message);
    expect(codes()).toEqual([
      'the profile of DuckDB v2.9.9 has keys that are not known and not read: io.total_bytes_dreamt',
    ]);
    expect(codes()).toEqual([]);
  });

  it.each([
    ['failed-binding', 'the statement did not run'],
    ['', 'truncated or not JSON'],
  ])('refuses %s', (name, message) => {
    const read = (): unknown => readDuckDBProfile(name === '' ? '{' : recorded(name));
    expect(read).toThrow(message);
    expect(read).toThrow(DuckDBError);
  });
});

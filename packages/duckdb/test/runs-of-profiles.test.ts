// A process of its own, since it mocks the driver: files share one if these options are the same.
// @vitest-environment-options { "process": "runs-of-profiles" }
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createTextsByKind } from '@planscope/redaction';
import { type Run, runFromReport, runsFromSpans } from '@planscope/run-model';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { duckdbDialect, duckdbSchema, flush, readDuckDBProfile, traceConnection } from '../src/index.ts';

const QUERIES = [
  `SELECT o.city, count(*) AS orders, sum(o.amount) FROM orders o JOIN cities c ON o.city = c.name
   WHERE o.amount > 10 AND c.country = 'NO' GROUP BY o.city ORDER BY orders DESC LIMIT 3`,
  `WITH big AS (SELECT city, amount FROM orders WHERE amount > 500) SELECT a.city FROM big a JOIN big b ON a.city = b.city
   WHERE a.amount < b.amount`,
  `SELECT city FROM orders WHERE amount IN (1, 2, 3) OR city LIKE 'Os%'`,
];

describe('a bare profile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-profiles-'));
  const recorder = createSpanRecorder();
  const runs: { readonly fromSpans: Run; readonly fromProfile: Run; readonly profile: string }[] = [];

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const plain = await instance.connect();
    await plain.run(
      `CREATE TABLE orders AS SELECT i % 1000 AS amount, 'city ' || i % 7 AS city FROM range(20000) r(i)`,
    );
    await plain.run(
      `CREATE TABLE cities AS SELECT 'city ' || i AS name, CASE WHEN i < 3 THEN 'NO' ELSE 'SE' END AS country FROM range(7) r(i)`,
    );
    await plain.run(`SET enable_profiling = 'json'`);
    await plain.run(`SET profiling_mode = 'detailed'`);
    const traced = traceConnection(await instance.connect(), {
      tracerProvider: recorder.tracerProvider,
      preset: 'maximal',
    });
    for (const [index, sql] of QUERIES.entries()) {
      const file = join(folder, `${index}.json`);
      await plain.run(`SET profiling_output = '${file}'`);
      await plain.runAndReadAll(sql);
      recorder.clear();
      await traced.runAndReadAll(sql);
      await flush();
      const profile = readFileSync(file, 'utf8');
      const [fromSpans] = runsFromSpans(recorder.spans());
      const fromProfile = runFromReport(readDuckDBProfile(profile).report, { schemas: [duckdbSchema] });
      if (fromSpans === undefined) throw new Error('there is no run in the spans');
      runs.push({ fromSpans, fromProfile, profile });
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the same run as the one that was traced, but for times and texts', () => {
    const shape = ({ operators }: Run) =>
      operators.map(({ name, kind, reportId, rows, estimatedRows, inputIds, queryId, fields, details }) => ({
        ...{ name, kind, reportId, rows, estimatedRows, inputs: inputIds.length, hasQuery: queryId !== undefined },
        fields: fields.map(({ key }) => key),
        details: Object.keys(details).sort(),
      }));
    for (const { fromSpans, fromProfile } of runs) {
      expect(shape(fromProfile)).toEqual(shape(fromSpans));
      expect(fromProfile.totals.outputRows?.value).toBe(fromSpans.totals.outputRows?.value);
      expect(fromProfile.totals.scannedRows).toEqual(fromSpans.totals.scannedRows);
      expect(fromProfile.phases.map(({ name, step }) => [name, step])).toEqual(
        fromSpans.phases.map(({ name, step }) => [name, step]),
      );
      expect(fromProfile).not.toHaveProperty('start');
      expect(fromProfile.duration).toBeGreaterThan(0);
    }
  });

  it('has the fingerprint of the traced run, though its literals are not redacted', () => {
    for (const { fromSpans, fromProfile } of runs) {
      const { executedPlanFingerprint } = fromSpans.identity;
      expect(executedPlanFingerprint).toMatch(/^[\da-f]{64}$/);
      expect(fromProfile.identity.executedPlanFingerprint).toBe(executedPlanFingerprint);
    }
    expect(new Set(runs.map(({ fromSpans }) => fromSpans.identity.executedPlanFingerprint)).size).toBe(QUERIES.length);
  });

  it('is redacted by the kinds of its texts', () => {
    const texts = createTextsByKind({ dialect: duckdbDialect });
    for (const { profile } of runs) {
      const { report } = readDuckDBProfile(profile);
      const run = runFromReport(report, {
        schemas: [duckdbSchema],
        redact: (text, kind) =>
          texts.text(kind, text, report.identifiers === undefined ? {} : { identifiers: report.identifiers }),
      });
      expect(JSON.stringify(run)).not.toMatch(/'NO'|> ?10\b|> ?500\b|Os/);
    }
  });
});

it('is read without the driver', async () => {
  vi.resetModules();
  vi.doMock('@duckdb/node-api', () => {
    throw new Error('the driver was loaded');
  });
  const { readDuckDBProfile: read } = await import('../src/profile/index.ts');
  expect(() => read('{')).toThrow('the profile is truncated or not JSON');
  await expect(import('../src/index.ts')).rejects.toThrow();
  vi.doUnmock('@duckdb/node-api');
});

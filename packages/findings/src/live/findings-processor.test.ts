import { DuckDBInstance } from '@duckdb/node-api';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { traceConnection } from '@planscope/duckdb';
import type { Run } from '@planscope/run-model';
import { describe, expect, it } from 'vitest';
import type { PlanChange } from '../compare/plan-changes.ts';
import type { Finding } from '../finding.ts';
import { FindingsProcessor } from './findings-processor.ts';

const EXPLODING = 'SELECT count(*) FROM items JOIN prices USING (id)';

describe('findings of a traced connection with the SDK of a program', () => {
  it('tell an exploding join and a changed plan, while the span of the program is open', async () => {
    const found: (readonly [Finding, Run])[] = [];
    const changes: PlanChange[] = [];
    const processor = new FindingsProcessor({
      onFinding: (finding, run) => void found.push([finding, run]),
      onPlanChange: (change) => void changes.push(change),
    });
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const plain = await instance.connect();
    await plain.run('CREATE TABLE items AS SELECT range % 1000 AS id FROM range(200_000)');
    await plain.run('CREATE TABLE prices AS SELECT range % 100 AS id FROM range(50_000)');
    const connection = traceConnection(plain, { tracerProvider, warn: () => {}, operators: {} });
    const job = tracerProvider.getTracer('program').startSpan('job');
    await context.with(trace.setSpan(context.active(), job), () => connection.runAndReadAll(EXPLODING));
    await expect.poll(() => found.map(([{ rule }]) => rule)).toContain('exploding-join');
    expect(found[0]?.[1]).toMatchObject({ kind: 'query', gaps: [] });
    expect(found.every(([{ severity }]) => severity !== 'info')).toBe(true);

    const look = 'SELECT id FROM items JOIN range(10) r(other) ON id = other WHERE id = 3';
    await connection.runAndReadAll(look);
    await connection.run(`SET disabled_optimizers = 'filter_pushdown'`);
    await connection.runAndReadAll(look);
    await expect.poll(() => changes).toHaveLength(1);
    expect(changes[0]?.message).toMatch(/plan changed since .*: 1 run of .* before, 1 run of .* after/);
    job.end();
    connection.closeSync();
    instance.closeSync();
    await tracerProvider.shutdown();
  });

  it('never throw into the program, and refuse options that cannot be right', async () => {
    const errors: unknown[] = [];
    const processor = new FindingsProcessor({
      onFinding: () => {
        throw new Error('of the callback');
      },
      onError: (error) => void errors.push(error),
    });
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = traceConnection(await instance.connect(), { tracerProvider, warn: () => {} });
    await connection.run('CREATE TABLE items AS SELECT range % 100 AS id FROM range(100_000)');
    await connection.run('CREATE TABLE prices AS SELECT range % 100 AS id FROM range(5000)');
    await connection.runAndReadAll(EXPLODING);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    expect(String(errors[0])).toBe('Error: of the callback');
    connection.closeSync();
    instance.closeSync();
    await tracerProvider.shutdown();
    expect(() => new FindingsProcessor({ maxSpans: 0 })).toThrow('maxSpans is 0; use a whole number from 1 up');
    expect(() => new FindingsProcessor({ thresholds: { nothing: {} } })).toThrow('has no rule "nothing"');
  });
});

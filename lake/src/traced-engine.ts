import { join } from 'node:path';
import { duckdbSchema } from '@planscope/duckdb';
import { createEngine, type Engine, type EngineOptions } from '@planscope/engine';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { expect } from 'vitest';
import { extensions } from './traced-instance.ts';

/** The spans of all engines of a test file. */
export const recorder: SpanRecorder = createSpanRecorder();

/** DuckDB checks the signature of an extension for each instance, which takes half a second for a large one. */
const UNCHECKED = { allow_unsigned_extensions: 'true' };

/**
 * An engine that finds the given extensions of DuckDB, and whose spans are recorded.
 *
 * @param options `duckdb.settings: {}` has the signatures of extensions checked, as they are by default
 */
export function openEngine(names: readonly string[], options: Partial<EngineOptions> = {}): Promise<Engine> {
  const files = names.map((name) => [name, join(extensions ?? '', `${name}.duckdb_extension`)]);
  return createEngine({
    tracing: { preset: 'production-lean', ruleMode: 'phase-only' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    objectCache: false,
    ...options,
    duckdb: {
      extensions: Object.fromEntries(files),
      externalFileCache: false,
      settings: UNCHECKED,
      ...options.duckdb,
    },
  });
}

/** Closes the engines of a test, and holds the spans that they made to the registry. */
export async function endTest(...engines: readonly (Engine | undefined)[]): Promise<void> {
  await Promise.all(engines.map((engine) => engine?.close()));
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
  recorder.clear();
}

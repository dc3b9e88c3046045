import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceConnectionOptions } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMarkedSecrets, type MarkedSecrets } from './marked-secrets.ts';
import { corpus } from './privacy-corpus/corpus.ts';
import { type Exported, exportEverywhere, listened } from './privacy-corpus/export-corpus.ts';
import { type FilledGroup, type FilledStatement, fillGroup } from './privacy-corpus/fill-group.ts';
import { runGroup, writeFiles } from './privacy-corpus/run-corpus.ts';
import { shownMarkers } from './privacy-corpus/shown-markers.ts';

const MINUTES = { timeout: 300_000 };
/** Of a longer statement, the markers may be behind the cut. */
const MAX_TEXT_BYTES = 16_000;

let folder: string;
let secrets: MarkedSecrets;
let groups: readonly FilledGroup[];
let statements: readonly FilledStatement[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-corpus-'));
  secrets = createMarkedSecrets();
  await writeFiles(folder, secrets);
  groups = corpus.map((group) => fillGroup(group, secrets, folder));
  statements = groups.flatMap((group) => group.statements);
});
afterEach(() => rm(folder, { recursive: true }));

interface Traced extends Exported {
  readonly spans: number;
}

/** Runs the corpus on traced connections, each statement once, and exports its spans in every way. */
async function trace(options: TraceConnectionOptions): Promise<Traced> {
  const recorder = createSpanRecorder();
  const surprises: string[] = [];
  const warned = await listened(async () => {
    for (const group of groups) {
      surprises.push(...(await runGroup(group, { ...options, tracerProvider: recorder.tracerProvider })));
      // What waits to be drawn goes before the next group, so that no query has less than all of its spans.
      recorder.openSpans();
    }
  });
  expect(surprises).toEqual([]);
  const spans = recorder.spans();
  const exported = await exportEverywhere(spans, folder);
  const recorded = spans.map(({ name, attributes, events, status, links, resource, instrumentationScope }) =>
    JSON.stringify([name, attributes, events, status, links, resource.attributes, instrumentationScope]),
  );
  const destinations = new Map([
    ...exported.destinations,
    ['recorder for tests', recorded.join('\n')],
    ['warnings and diagnostics', warned],
  ]);
  return { ...exported, destinations, spans: spans.length };
}

it.each(['maximal', 'maximal-no-data', 'production-lean'] as const)(
  'shows no marker but what is declared, in no byte that leaves under %s',
  MINUTES,
  async (preset) => {
    expect(statements.length).toBeGreaterThan(500);
    const { destinations, requests, spans } = await trace({ preset, planning: { planDiff: true } });
    expect(spans).toBeGreaterThan(statements.length * 3);
    const { undeclared, unneeded, declared } = shownMarkers(requests, statements, secrets);
    expect(undeclared).toEqual([]);
    expect(unneeded).toEqual([]);
    for (const [destination, bytes] of destinations) {
      const elsewhere = [...secrets.secretsIn(bytes)].filter(([marker]) => !declared.has(marker));
      expect(elsewhere, destination).toEqual([]);
    }
  },
);

it('exports nothing at all under off', MINUTES, async () => {
  const recorder = createSpanRecorder();
  const said = await listened(async () => {
    for (const group of groups) await runGroup(group, { preset: 'off', tracerProvider: recorder.tracerProvider });
  });
  expect(recorder.spans()).toEqual([]);
  expect(secrets.foundIn(said)).toEqual([]);
});

it('finds markers of every statement where the program lets everything through', MINUTES, async () => {
  const { requests } = await trace({
    parameterValues: 'keep',
    operators: { redaction: { sqlLiterals: 'keep', planLiterals: 'keep', errorMessages: 'keep', data: 'keep' } },
  });
  const { statements: shown } = shownMarkers(requests, statements, secrets);
  const seen = statements.filter(({ markers, sql }) => markers.length > 0 && sql.length < MAX_TEXT_BYTES);
  expect(seen.filter((statement) => !shown.has(statement)).map(({ template }) => template)).toEqual([]);
});

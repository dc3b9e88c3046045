import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Operator, type Run, readRuns, type Span } from '@planscope/run-model';
import { METRIC_ELAPSED_COMPUTE, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { fixtureFolder } from './browser.ts';

/**
 * The runs of a recorded trace: `tpch`, the 22 queries of TPC-H and one that fails; `flights`, a run of the demo with
 * plan diffs and previews.
 */
export async function recordedRuns(name: 'tpch' | 'flights'): Promise<Run[]> {
  const runs: Run[] = [];
  const lines = createReadStream(join(fixtureFolder, `${name}.jsonl.gz`)).pipe(createGunzip());
  for await (const run of readRuns(lines)) runs.push(run);
  return runs;
}

const EMPTY: Omit<Run, 'id' | 'name'> = {
  version: 1,
  source: 'spans',
  kind: 'query',
  identity: {},
  status: 'ok',
  partial: false,
  gaps: [],
  resource: {},
  fields: {},
  tracing: {},
  callers: [],
  queries: [],
  totals: {},
  warnings: [],
  phases: [],
  operators: [],
  stages: [],
  calls: [],
  files: [],
  spans: [],
};

/** A run of one second with this many spans, each the parent of up to four. */
export function runOfSpans(count: number): Run {
  const duration = 1e9;
  const spans: Span[] = [];
  // Depth first, as a waterfall has them.
  const add = (depth: number, start: number, length: number, parentId?: string): void => {
    if (spans.length >= count) return;
    const id = spans.length.toString(16).padStart(16, '0');
    const isRead = spans.length % 3 === 1;
    spans.push({
      id,
      ...(parentId === undefined ? {} : { parentId }),
      depth,
      name: isRead ? `file.get ${spans.length}` : `step ${spans.length}`,
      kind: 'internal',
      planscopeKind: isRead ? 'storage' : 'custom',
      start,
      duration: length,
      status: 'unset',
      attributes: { number: spans.length },
      events: [],
      links: [],
      scope: { name: 'generated' },
    });
    if (depth < 8) for (let part = 0; part < 4; part += 1) add(depth + 1, start + (part * length) / 4, length / 4, id);
  };
  add(0, 0, duration);
  return { ...EMPTY, id: 'many-spans', name: 'many spans', duration, basis: 'measured', spans };
}

/** A run with this many operators, each with two inputs. */
export function runOfOperators(count: number): Run {
  const operators = Array.from({ length: count }, (_, index): Operator => {
    const rows = count * 1000 - index * 900;
    const compute = (1 + ((index * 7919) % 1000)) * 1000;
    return {
      id: `operator ${index}`,
      name: index * 2 + 1 < count ? 'HASH_JOIN' : 'TABLE_SCAN',
      kind: index * 2 + 1 < count ? 'join' : 'scan',
      origin: 'engine',
      ...(index === 0 ? {} : { parentId: `operator ${(index - 1) >> 1}` }),
      inputIds: [index * 2 + 1, index * 2 + 2].filter((input) => input < count).map((input) => `operator ${input}`),
      inputStageIds: [],
      fields: [{ key: 'table', text: `table_${index}` }],
      details: {},
      timing: { basis: 'execution_window', start: 0, duration: 1e9 },
      partial: false,
      rows,
      estimatedRows: rows * 3,
      compute,
      metrics: {
        [METRIC_OUTPUT_ROWS]: { value: rows, unit: '{row}', source: 'profile' },
        [METRIC_ELAPSED_COMPUTE]: { value: compute, unit: 'ns', source: 'profile' },
      },
      warningCodes: [],
    };
  });
  return { ...EMPTY, id: 'many-operators', name: 'many operators', duration: 1e9, basis: 'measured', operators };
}

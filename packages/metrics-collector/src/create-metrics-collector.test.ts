import {
  type EngineReport,
  type Metric,
  type MetricReport,
  MetricsSet,
  type OperatorRecord,
  type OperatorReport,
  type StageReport,
  type TaskReport,
} from '@planscope/plan';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetricsCollector, type MetricsCollector, type TraceMetricsSummary } from './index.ts';

const units: Record<string, [Metric['type'], string]> = {
  output_rows: ['count', '{row}'],
  output_batches: ['count', '{batch}'],
  output_bytes: ['count', 'By'],
  elapsed_compute: ['time', 'ns'],
  bytes_read: ['count', 'By'],
  bytes_written: ['count', 'By'],
  read_requests: ['count', '{request}'],
  spilled_bytes: ['count', 'By'],
  peak_memory: ['gauge', 'By'],
};

type Values<Value> = Record<string, Value>;

function reported(values: Values<number | string>): MetricReport[] {
  return Object.entries(values).map(([name, value]) => {
    const [type, unit] = units[name] ?? ['count', '1'];
    return { name, type, unit, value };
  });
}

function measured(values: Values<number | bigint>, partition?: number): Metric[] {
  return reported(values as Values<number>).map((metric) => ({
    ...metric,
    value: values[metric.name] ?? 0,
    ...(partition === undefined ? {} : { partition }),
  }));
}

function node(id: string, values: Values<number | bigint>, more: Partial<OperatorRecord> = {}): OperatorRecord {
  return {
    id,
    name: `${id}Exec`,
    description: id,
    status: 'ok',
    metrics: new MetricsSet(measured(values)),
    reports: [],
    ...more,
  };
}

function operator(id: string, values: Values<number | string>, children: OperatorReport[] = []): OperatorReport {
  return { id, name: id.toUpperCase(), timing: { basis: 'execution_window' }, metrics: reported(values), children };
}

function report(more: Partial<EngineReport> = {}): EngineReport {
  return {
    version: 2,
    engine: { name: 'toydb', version: '1' },
    status: 'ok',
    window: { start: '0', end: '1' },
    ...more,
  };
}

const io = (operation: string, bytes: number | string): NonNullable<EngineReport['io']>[number] => ({
  store: 'toydb',
  operation,
  location: '/a',
  bytes,
  requests: 1,
  timing: { basis: 'observed_events' },
});

function collectorOf(...records: OperatorRecord[]): MetricsCollector {
  const collector = createMetricsCollector();
  for (const record of records) collector.observe(record);
  return collector;
}

const summaryOf = (...records: OperatorRecord[]): TraceMetricsSummary => collectorOf(...records).summary();

/** A query that an engine ran: two scans, a join, the rows handed out in batches. */
const join = operator('join', { output_rows: 446, elapsed_compute: 10 }, [
  { ...operator('flights', { output_rows: 3_000_000, elapsed_compute: '70', bytes_read: 3_177_706 }), scans: 'files' },
  { ...operator('airports', { output_rows: 3_376, elapsed_compute: 5 }), scans: 'table' },
  operator('kept', { output_rows: 50_000 }),
]);
const query = node(
  'DuckDB',
  { output_rows: 446, output_batches: 1, output_bytes: 7_136 },
  { reports: [report({ operators: [join], io: [io('get_ranges', '3177706'), io('get', 200_000), io('put', 5)] })] },
);

describe('operators', () => {
  it('are the nodes and, below them, what their engines reported, each number with its source', () => {
    const fetch = node('Fetch', { bytes_read: 900n }, { parentId: 'DuckDB' });
    const operators = collectorOf(fetch, query).operators();
    expect(operators.map(({ id, parentId, origin }) => `${id} < ${parentId} (${origin})`)).toMatchInlineSnapshot(`
      [
        "Fetch < DuckDB (node)",
        "DuckDB < undefined (node)",
        "DuckDB/join < DuckDB (toydb)",
        "DuckDB/flights < DuckDB/join (toydb)",
        "DuckDB/airports < DuckDB/join (toydb)",
        "DuckDB/kept < DuckDB/join (toydb)",
      ]
    `);
    expect(
      operators.map(({ metrics }) =>
        Object.entries(metrics).map(([name, { value, source }]) => `${name} ${value} ${source}`),
      ),
    ).toMatchInlineSnapshot(`
      [
        [
          "bytes_read 900 counted",
        ],
        [
          "output_rows 446 counted",
          "output_batches 1 counted",
          "output_bytes 7136 counted",
        ],
        [
          "output_rows 446 profile",
          "elapsed_compute 10 profile",
        ],
        [
          "output_rows 3000000 profile",
          "elapsed_compute 70 profile",
          "bytes_read 3177706 io_log",
        ],
        [
          "output_rows 3376 profile",
          "elapsed_compute 5 profile",
        ],
        [
          "output_rows 50000 profile",
        ],
      ]
    `);
    expect(JSON.parse(JSON.stringify(operators))).toEqual(operators);
  });

  it('carry no description of an engine, which may hold data', () => {
    const secret = { ...operator('scan', {}), description: "name = 'SECRET'" };
    const operators = collectorOf(node('DuckDB', {}, { reports: [report({ operators: [secret] })] })).operators();
    expect(JSON.stringify(operators)).not.toContain('SECRET');
  });

  it('keep apart what several reports of one node number alike', () => {
    const reports = [report({ operators: [operator('0', {})] }), report({ operators: [operator('0', {})] })];
    expect(
      collectorOf(node('DuckDB', {}, { reports }))
        .operators()
        .map(({ id }) => id),
    ).toEqual(['DuckDB', 'DuckDB/0/0', 'DuckDB/1/0']);
  });

  it('combine partitions by the type of each metric', () => {
    const metrics = new MetricsSet([
      ...measured({ output_rows: 1, peak_memory: 7 }, 0),
      ...measured({ output_rows: 2n ** 53n, peak_memory: 5 }, 1),
    ]);
    const [collected] = collectorOf(node('Scan', {}, { metrics })).operators();
    expect(collected?.metrics.output_rows?.value).toBe(2 ** 53);
    expect(collected?.metrics.peak_memory?.value).toBe(7);
  });
});

describe('the summary', () => {
  it('of a query says what it put out, and where each number comes from', () => {
    expect(summaryOf(query)).toMatchInlineSnapshot(`
      {
        "bytesRead": {
          "source": "io_log",
          "value": 3377706,
        },
        "bytesWritten": {
          "source": "io_log",
          "value": 5,
        },
        "elapsedComputeNanos": {
          "source": "profile",
          "value": 85,
        },
        "operatorCount": {
          "source": "counted",
          "value": 5,
        },
        "outputBatches": {
          "source": "counted",
          "value": 1,
        },
        "outputBytes": {
          "source": "counted",
          "value": 7136,
        },
        "outputRows": {
          "source": "counted",
          "value": 446,
        },
        "selectivity": {
          "source": "profile",
          "value": 0.00014849955516725179,
        },
        "spillFileCount": {
          "reason": "not-reported",
          "value": null,
        },
        "spilledBytes": {
          "reason": "not-reported",
          "value": null,
        },
        "spilledRows": {
          "reason": "not-reported",
          "value": null,
        },
        "storeBytesRead": {
          "reason": "not-reported",
          "value": null,
        },
        "storeBytesWritten": {
          "reason": "not-reported",
          "value": null,
        },
        "warningCount": {
          "reason": "not-reported",
          "value": null,
        },
        "warningCountsByCode": {},
      }
    `);
  });

  it('has no number where nothing was measured', () => {
    const summary = summaryOf();
    const values = Object.values(summary).filter((entry) => 'value' in entry && entry.value !== null);
    expect(values).toEqual([{ value: 0, source: 'counted' }]);
    expect(summary.operatorCount.value).toBe(0);
    expect(summary.outputRows).toEqual({ value: null, reason: 'not-reported' });
  });

  it('of several outputs adds them up, whether they are files or batches', () => {
    const upload = node('Upload', { output_rows: 100, bytes_written: 4_096 });
    const below = node('Copy', { output_rows: 100 }, { parentId: 'Upload' });
    const summary = summaryOf(below, upload, query);
    expect(summary.outputRows).toEqual({ value: 546, source: 'counted' });
    expect(summary.outputBatches).toEqual({ value: 1, source: 'counted' });
    expect(summary.storeBytesWritten).toEqual({ value: 4_096, source: 'counted' });
    expect(summary.bytesWritten).toEqual({ value: 5, source: 'io_log' });
  });

  it('of several outputs has no rows when one did not count them, as the sum would be too small', () => {
    const summary = summaryOf(node('Upload', { bytes_written: 1 }), query);
    expect(summary.outputRows).toEqual({ value: null, reason: 'incomplete' });
    expect(summary.selectivity).toEqual({ value: null, reason: 'incomplete' });
  });

  it('of an empty result is 0 rows, which is not the same as unknown', () => {
    const empty = node('Top', { output_rows: 0, output_batches: 0, output_bytes: 0 });
    const summary = summaryOf(node('Scan', { output_rows: 50 }, { parentId: 'Top' }), empty);
    expect(summary.outputRows).toEqual({ value: 0, source: 'counted' });
    expect(summary.selectivity).toEqual({ value: 0, source: 'counted' });
  });

  it('of empty scans has no selectivity', () => {
    const summary = summaryOf(node('Scan', { output_rows: 0 }, { parentId: 'Top' }), node('Top', { output_rows: 0 }));
    expect(summary.selectivity).toEqual({ value: null, reason: 'no-rows-scanned' });
  });

  it.each(['error', 'cancelled'] as const)('of a run that ended with %s says what it did until then', (status) => {
    const scan = node('Scan', { output_rows: 2_048 }, { parentId: 'Top', status });
    const summary = summaryOf(scan, node('Top', { output_rows: 1_024, output_batches: 1 }, { status }));
    expect(summary.outputRows.value).toBe(1_024);
    expect(summary.selectivity.value).toBe(0.5);
    expect(summary.elapsedComputeNanos).toEqual({ value: null, reason: 'not-reported' });
  });

  it('has no selectivity where an engine names no scan', () => {
    const silent = report({ operators: [operator('sum', { output_rows: 1 }, [operator('kept', { output_rows: 9 })])] });
    const { selectivity } = summaryOf(node('DuckDB', { output_rows: 1 }, { reports: [silent] }));
    expect(selectivity).toEqual({ value: null, reason: 'not-reported' });
  });

  it('has no selectivity where an engine did not say what it ran', () => {
    const silent = node('DuckDB', { output_rows: 3 }, { parentId: 'Upload', reports: [report()] });
    expect(summaryOf(silent, node('Upload', { output_rows: 3 })).selectivity).toEqual({
      value: null,
      reason: 'incomplete',
    });
  });

  it('takes what an engine says of the whole before the sum over its operators', () => {
    const operators = [operator('sort', { spilled_bytes: 100 }), operator('hash', { spilled_bytes: 50 })];
    const summed = summaryOf(node('DuckDB', {}, { reports: [report({ operators })] }));
    expect(summed.spilledBytes).toEqual({ value: 150, source: 'profile' });
    const whole = summaryOf(
      node('DuckDB', {}, { reports: [report({ operators, metrics: reported({ spilled_bytes: '120' }) })] }),
    );
    expect(whole.spilledBytes).toEqual({ value: 120, source: 'profile' });
  });

  it('knows no bytes read where an engine did not log some of its reads', () => {
    const whole = report({ io: [io('get', 5)], metrics: reported({ unlogged_scans: 0 }) });
    expect(summaryOf(node('DuckDB', {}, { reports: [whole] })).bytesRead.value).toBe(5);
    const part = report({ io: [io('get', 5)], metrics: reported({ unlogged_scans: 1 }) });
    const { bytesRead } = summaryOf(node('DuckDB', {}, { reports: [whole, part] }));
    expect(bytesRead).toEqual({ value: null, reason: 'incomplete' });
  });

  it('takes the bytes that a profiler counted before the reads that were logged, with that source', () => {
    const counted = reported({ bytes_read: 9 }).map((metric) => ({ ...metric, source: 'profile' as const }));
    const part = report({ io: [io('get', 5)], metrics: counted });
    const { bytesRead, bytesWritten } = summaryOf(node('DuckDB', {}, { reports: [part] }));
    expect(bytesRead).toEqual({ value: 9, source: 'profile' });
    expect(bytesWritten).toEqual({ value: 0, source: 'io_log' });
  });

  it('knows the bytes that an engine read from its log only: an empty log is 0, no log is unknown', () => {
    expect(summaryOf(node('DuckDB', {}, { reports: [report({ io: [] })] })).bytesRead).toEqual({
      value: 0,
      source: 'io_log',
    });
    expect(summaryOf(node('DuckDB', {}, { reports: [report()] })).bytesRead).toEqual({
      value: null,
      reason: 'not-reported',
    });
  });

  it('has what was read outside of operators: from stores as counted, by engines as logged', () => {
    const collector = createMetricsCollector();
    collector.observe(node('Fetch', { bytes_read: 30 }));
    collector.observe(node('DuckDB', {}, { reports: [report({ io: [io('get', 5)] })] }));
    collector.observeStoreBytesRead(1);
    collector.observeEngineBytesRead(2);
    collector.observeEngineBytesRead(4);
    const { bytesRead, storeBytesRead } = collector.summary();
    expect(bytesRead).toEqual({ value: 11, source: 'io_log' });
    expect(storeBytesRead).toEqual({ value: 31, source: 'counted' });
    const planned = createMetricsCollector();
    planned.observeEngineBytesRead(2);
    expect(planned.summary().bytesRead).toEqual({ value: 2, source: 'io_log' });
  });

  it('counts a report once that stands for several nodes', () => {
    const shared = report({ io: [io('get', 10)] });
    expect(summaryOf(node('A', {}, { reports: [shared] }), node('B', {}, { reports: [shared] })).bytesRead.value).toBe(
      10,
    );
  });

  it('counts warnings by code when it is given them', () => {
    const warning = (code: string) => ({ code, message: '' });
    const summary = collectorOf(query).summary([warning('spill'), warning('cardinality'), warning('spill')]);
    expect(summary.warningCount).toEqual({ value: 3, source: 'counted' });
    expect(Object.entries(summary.warningCountsByCode)).toEqual([
      ['cardinality', 1],
      ['spill', 2],
    ]);
    expect(collectorOf(query).summary().warningCount).toEqual({ value: null, reason: 'not-reported' });
  });

  it('counts the rows of the outputs alone, however many operators are below, in whichever order they finish', () => {
    const rows = fc.nat(1_000_000);
    const plan = fc.array(fc.record({ rows, below: fc.array(rows, { maxLength: 5 }) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plan, fc.infiniteStream(fc.nat()), (outputs, order) => {
        const records = outputs.flatMap(({ rows: own, below }, index) => [
          node(`top${index}`, { output_rows: own }),
          ...below.map((value, depth) =>
            node(
              `${index}.${depth}`,
              { output_rows: value },
              { parentId: depth === 0 ? `top${index}` : `${index}.${depth - 1}` },
            ),
          ),
        ]);
        const shuffled = records
          .map((record) => ({ record, key: order.next().value }))
          .sort((left, right) => left.key - right.key);
        const summary = summaryOf(...shuffled.map(({ record }) => record));
        expect(summary.outputRows.value).toBe(outputs.reduce((sum, output) => sum + output.rows, 0));
        expect(summary.operatorCount.value).toBe(records.length);
        const scanned = outputs.reduce((sum, { below }) => sum + (below.at(-1) ?? 0), 0);
        if (scanned > 0) expect(summary.selectivity.value).toBeCloseTo(Number(summary.outputRows.value) / scanned);
      }),
    );
  });
});

describe('stages', () => {
  const during = (start: number, end: number) =>
    ({ basis: 'measured', window: { start: String(start), end: String(end) } }) as const;

  function task(id: string, values: Values<number | string>, more: Partial<TaskReport> = {}): TaskReport {
    return { id, status: 'ok', timing: during(0, 10), metrics: reported(values), ...more };
  }

  function stage(id: string, parents: string[], more: Partial<StageReport> = {}): StageReport {
    return { id, parents, status: 'ok', timing: during(0, 100), metrics: [], tasks: [], ...more };
  }

  const tasks = [
    task('0', { output_rows: 40, elapsed_compute: 400, bytes_read: 1 }, { timing: during(0, 20) }),
    task('1', { output_rows: 60, elapsed_compute: 600, bytes_read: 2 }, { timing: during(0, 90) }),
    task('2', { output_rows: 5, elapsed_compute: 50, bytes_read: 4 }, { status: 'error' }),
  ];
  const scan = operator('agg', { output_rows: 100, elapsed_compute: 300 }, [
    { ...operator('scan', { output_rows: 5_000, elapsed_compute: 700 }), scans: 'table' },
  ]);
  const exchange = { ...operator('exchange', { output_rows: 100, elapsed_compute: 9 }), inputStages: ['scan'] };
  const stages = [
    stage('gather', [], { operators: [exchange] }),
    stage('scan', ['gather'], { operators: [scan], tasks }),
  ];
  const spread = (more: Partial<EngineReport> = {}): OperatorRecord =>
    node('Trino', { output_rows: 100 }, { reports: [report({ stages, ...more })] });

  it('hand in their operators, each once and with its stage', () => {
    const operators = collectorOf(spread()).operators();
    expect(
      operators.map((one) => `${one.id} < ${one.parentId} in ${one.stageId} from ${one.inputStageIds}`),
    ).toMatchInlineSnapshot(`
      [
        "Trino < undefined in undefined from undefined",
        "Trino/exchange < Trino in Trino/gather from Trino/scan",
        "Trino/agg < Trino in Trino/scan from undefined",
        "Trino/scan < Trino/agg in Trino/scan from undefined",
      ]
    `);
  });

  it('are not counted a second time as tasks, nor as what the engine says of a stage or of the whole', () => {
    expect(summaryOf(spread()).elapsedComputeNanos).toEqual({ value: 1_009, source: 'profile' });
    const told = stages.map((one) => ({ ...one, metrics: reported({ elapsed_compute: 2_000 }) }));
    expect(summaryOf(spread({ stages: told })).elapsedComputeNanos.value).toBe(4_000);
    const whole = spread({ stages: told, metrics: reported({ elapsed_compute: '5' }) });
    expect(summaryOf(whole).elapsedComputeNanos.value).toBe(5);
  });

  it('are the sum of their tasks where there is nothing else, with the work of those that failed', () => {
    const bare = stages.map(({ operators: _, ...one }) => one);
    const summary = summaryOf(spread({ stages: bare }));
    expect(summary.elapsedComputeNanos.value).toBe(1_050);
    expect(summary.bytesRead).toEqual({ value: 7, source: 'io_log' });
    expect(summary.stages?.[1]?.metrics.output_rows?.value).toBe(100);
  });

  it('take no exchange between them for a scan', () => {
    expect(summaryOf(spread()).selectivity).toEqual({ value: 100 / 5_000, source: 'profile' });
    const incomplete = { value: null, reason: 'incomplete' };
    const unknown = stages.map(({ operators: _, ...one }) => one);
    expect(summaryOf(spread({ stages: unknown })).selectivity).toEqual(incomplete);
  });

  it('stand in the summary with the spread over their tasks', () => {
    expect(summaryOf(spread()).stages).toMatchInlineSnapshot(`
      [
        {
          "duration": 100,
          "failedTaskCount": 0,
          "id": "Trino/gather",
          "metrics": {
            "elapsed_compute": {
              "source": "profile",
              "type": "time",
              "unit": "ns",
              "value": 9,
            },
            "output_rows": {
              "source": "profile",
              "type": "count",
              "unit": "{row}",
              "value": 100,
            },
          },
          "origin": "toydb",
          "parents": [],
          "partial": false,
          "spread": {},
          "status": "ok",
          "taskCount": 0,
        },
        {
          "duration": 100,
          "failedTaskCount": 1,
          "id": "Trino/scan",
          "metrics": {
            "bytes_read": {
              "source": "io_log",
              "type": "count",
              "unit": "By",
              "value": 7,
            },
            "elapsed_compute": {
              "source": "profile",
              "type": "time",
              "unit": "ns",
              "value": 1000,
            },
            "output_rows": {
              "source": "profile",
              "type": "count",
              "unit": "{row}",
              "value": 100,
            },
          },
          "origin": "toydb",
          "parents": [
            "Trino/gather",
          ],
          "partial": false,
          "spread": {
            "bytes_read": {
              "least": 1,
              "median": 1,
              "most": 2,
              "unit": "By",
            },
            "duration": {
              "least": 20,
              "median": 20,
              "most": 90,
              "unit": "ns",
            },
            "elapsed_compute": {
              "least": 400,
              "median": 400,
              "most": 600,
              "unit": "ns",
            },
            "output_rows": {
              "least": 40,
              "median": 40,
              "most": 60,
              "unit": "{row}",
            },
          },
          "status": "ok",
          "taskCount": 3,
        },
      ]
    `);
    expect(summaryOf(query)).not.toHaveProperty('stages');
  });

  it('add up to nothing where they were measured before the engine was done', () => {
    const unfinished = stage('scan', [], { operators: [scan], tasks, partial: true });
    for (const record of [spread({ partial: true }), spread({ stages: [unfinished] })]) {
      const { elapsedComputeNanos, bytesRead, bytesWritten, selectivity, outputRows, stages: seen } = summaryOf(record);
      const incomplete = { value: null, reason: 'incomplete' };
      expect([elapsedComputeNanos, bytesRead, bytesWritten, selectivity]).toEqual(Array(4).fill(incomplete));
      expect(outputRows.value).toBe(100);
      expect(seen?.map(({ partial }) => partial)).toContain(true);
    }
  });

  it('never add up to more than their parts, however they are told', () => {
    const values = fc.array(fc.record({ rows: fc.nat(), compute: fc.nat(), failed: fc.boolean() }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.boolean(), fc.boolean(), (drawn, byOperator, byStage) => {
        const made = drawn.map(({ rows, compute, failed }, id) =>
          task(String(id), { output_rows: rows, elapsed_compute: compute }, failed ? { status: 'error' } : {}),
        );
        const total = drawn.reduce((sum, { compute }) => sum + compute, 0);
        const one = stage('0', [], {
          tasks: made,
          ...(byOperator ? { operators: [operator('a', { elapsed_compute: total })] } : {}),
          ...(byStage ? { metrics: reported({ elapsed_compute: total }) } : {}),
        });
        expect(summaryOf(spread({ stages: [one] })).elapsedComputeNanos.value).toBe(total);
      }),
    );
  });
});

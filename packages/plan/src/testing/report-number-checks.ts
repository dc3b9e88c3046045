import {
  METRIC_BYTES_READ,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_ROWS,
  operatorMetrics,
} from '@planscope/semconv';
import type { EngineReport, MetricReport, StageReport } from '../report/engine-report.ts';
import { ascending, reportOperators } from '../report/report-stages.ts';
import { expectThat, type ReportCheck } from './conformance-check.ts';
import { reportParts } from './report-parts.ts';

/** Allowed relative difference between sums of an engine's timings. */
const COMPUTE_TOLERANCE = 0.02;

/** The rules for the numbers of a report, by name. */
export const reportNumberChecks: Readonly<Record<string, ReportCheck>> = {
  'a metric has a unit, and the type and unit of its name where the name is shared': (report) => {
    for (const [path, { name, type, unit }] of allMetrics(report)) {
      expectThat(unit !== '', `${path}: metric "${name}" has no unit`);
      const shared = operatorMetrics.find((metric) => metric.name === name);
      if (shared === undefined) continue;
      const isShared = shared.type === type && shared.unit === unit;
      expectThat(
        isShared,
        `${path}: metric "${name}" is a ${type} in ${unit}; should be a ${shared.type} in ${shared.unit}`,
      );
    }
  },
  'a metric has one type and one unit in the whole report': (report) => {
    const kinds = new Map<string, string>();
    for (const [path, { name, type, unit }] of allMetrics(report)) {
      const kind = `${type} in ${unit}`;
      const first = kinds.get(name) ?? kind;
      kinds.set(name, first);
      expectThat(first === kind, `${path}: metric "${name}" is a ${kind}, and elsewhere a ${first}`);
    }
  },
  'counts and times are not below 0, and counts are whole': (report) => {
    for (const [path, { name, type, value }] of allMetrics(report)) {
      if (type !== 'count' && type !== 'time') continue;
      expectThat(Number(value) >= 0, `${path}: metric "${name}" is ${value}`);
      expectThat(type === 'time' || Number.isInteger(Number(value)), `${path}: metric "${name}" counts ${value}`);
    }
  },
  'the rows of the tasks of a stage, of its topmost operator and of the stage agree, where they are given': (
    report,
  ) => {
    for (const [index, stage] of (report.stages ?? []).entries()) {
      // In an early report, they were not counted at the same time.
      if (stage.partial ?? report.partial) continue;
      const counts = [...rowsOf(stage)];
      const [first, ...others] = counts;
      const other = others.find(([, rows]) => rows !== first?.[1]);
      const text = `${first?.[0]} put out ${first?.[1]} rows, ${other?.[0]} ${other?.[1]}`;
      expectThat(other === undefined, `stages[${index}]: ${text}`);
    }
  },
  'the bytes that an operator read are those of its reads, where both are given': (report) => {
    if (report.io === undefined) return;
    for (const { operator } of reportOperators(report)) {
      const total = sumOf(operator.metrics, METRIC_BYTES_READ);
      const reads = report.io.filter(
        ({ operatorId, operation }) => operatorId === operator.id && operation.startsWith('get'),
      );
      // Requests also bring what is read ahead, and what a retry brings again.
      if (total === undefined || reads.length === 0 || reads.some(({ request }) => request !== undefined)) continue;
      const sum = reads.reduce((bytes, read) => bytes + Number(read.bytes), 0);
      expectThat(sum === total, `operator "${operator.id}" read ${total} bytes, its reads add up to ${sum}`);
    }
  },
  'cumulative compute is no less than its parts': (report) => {
    for (const { operator } of reportOperators(report)) {
      const whole = sumOf(operator.metrics, METRIC_CUMULATIVE_COMPUTE);
      const own = sumOf(operator.metrics, METRIC_ELAPSED_COMPUTE);
      if (whole === undefined || own === undefined) continue;
      const below = operator.children.map(({ metrics }) => sumOf(metrics, METRIC_CUMULATIVE_COMPUTE) ?? 0);
      const sum = below.reduce((left, right) => left + right, own);
      const text = `operator "${operator.id}" has a cumulative compute of ${whole} ns, its parts ${sum} ns`;
      expectThat(sum <= whole * (1 + COMPUTE_TOLERANCE), text);
    }
  },
  'a spread goes from its least over its median to its most, in a unit': ({ stages = [] }) => {
    for (const { id, spread = [] } of stages) {
      for (const { name, unit, least, median, most } of spread) {
        const isSorted = ascending(least, median) <= 0 && ascending(median, most) <= 0;
        expectThat(isSorted, `stage "${id}": the spread of "${name}" goes from ${least} over ${median} to ${most}`);
        expectThat(unit !== '', `stage "${id}": the spread of "${name}" has no unit`);
      }
    }
  },
};

function* allMetrics(report: EngineReport): Generator<readonly [path: string, metric: MetricReport]> {
  for (const metric of report.metrics ?? []) yield ['metrics', metric];
  for (const { path, metrics } of reportParts(report)) for (const metric of metrics) yield [path, metric];
}

/** The sources of the number of output rows of a stage, and their numbers. Rows of failed tasks do not count. */
function* rowsOf({
  metrics,
  operators = [],
  tasks,
  otherTasks,
}: StageReport): Generator<readonly [teller: string, rows: number]> {
  const said = sumOf(metrics, METRIC_OUTPUT_ROWS);
  if (said !== undefined) yield ['the stage', said];
  const [root, ...more] = operators;
  const counted = root === undefined || more.length > 0 ? undefined : sumOf(root.metrics, METRIC_OUTPUT_ROWS);
  if (counted !== undefined) yield ['its topmost operator', counted];
  if (otherTasks !== undefined) return;
  const rows = tasks.filter(({ status }) => status !== 'error').map((task) => sumOf(task.metrics, METRIC_OUTPUT_ROWS));
  const known = rows.filter((number) => number !== undefined);
  if (known.length === 0 || known.length < rows.length) return;
  yield ['its tasks', known.reduce((sum, number) => sum + number, 0)];
}

function sumOf(metrics: readonly MetricReport[], name: string): number | undefined {
  const values = metrics.filter((metric) => metric.name === name).map(({ value }) => Number(value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

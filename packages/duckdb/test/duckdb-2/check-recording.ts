import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineReport, MetricReport, OperatorReport } from '@planscope/plan';
import { parseProfile } from '../../src/profile/parse-profile.ts';
import { profileMetrics, profileSummary } from '../../src/profile/profile-summary.ts';
import { readDuckDBProfile } from '../../src/report/read-duckdb-profile.ts';

/** Name and rows of an operator by EXPLAIN ANALYZE. */
type AnalyzedOperator = readonly [name: string, rows: number, children: readonly AnalyzedOperator[]];

/** Reads that something else than the profile counted. */
interface CountedReads {
  readonly requests: number;
  readonly bytes: number;
}

/** What really happened in a query. */
interface Truth {
  readonly threads: number;
  readonly status: 'ok' | 'error';
  /** Rows that came. */
  readonly rows?: number;
  /** Rows of operators by `count(*)`. */
  readonly steps: Readonly<Record<string, number>>;
  readonly analyzed?: readonly AnalyzedOperator[];
  /** Row groups that a filter needs, and all. */
  readonly rowGroups?: readonly [needed: number, all: number];
  /** Bytes by Linux's counters of the process. */
  readonly processRead: number;
  readonly processWritten?: number;
  readonly logged?: CountedReads;
  /** By a server of HTTP. */
  readonly served?: CountedReads;
  readonly fileSize?: number;
}

/** `truth.json` of `record.py`. */
export interface Recording {
  readonly version: string;
  readonly queries: Readonly<Record<string, Truth>>;
}

export function readRecording(folder: string): Recording {
  return JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
}

/** The report of a recorded query; undefined for one that failed before it ran. */
export function recordedReport(
  folder: string,
  name: string,
  { version, queries }: Recording,
): EngineReport | undefined {
  const truth = queries[name] as Truth;
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  if (isFailedBinding(text)) return undefined;
  return readDuckDBProfile(text, { version, status: truth.status, warnings: false }).report;
}

/** All that DuckDB 2 writes of a statement that it cannot bind. */
function isFailedBinding(text: string): boolean {
  return JSON.stringify(JSON.parse(text)) === '{"result":"error"}';
}

/**
 * Holds the profiles of a recording to what really happened.
 *
 * @returns a line for each number that is wrong, and each key and group that the reader does not know
 */
export function checkRecording(folder: string): string[] {
  const recording = readRecording(folder);
  return Object.entries(recording.queries).flatMap(([name, truth]) => {
    try {
      return checkQuery(folder, name, truth, recording).map((fault) => `${name}: ${fault}`);
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

function checkQuery(folder: string, name: string, truth: Truth, recording: Recording): string[] {
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const parsed = parseProfile(text, recording.version, { isFinished: truth.status === 'ok' });
  if ('fault' in parsed) {
    const isExpected = name === 'failed-binding' && isFailedBinding(text) && parsed.fault === 'profile-missing';
    return isExpected ? [] : [`${parsed.fault}: ${parsed.reason}`];
  }
  const report = recordedReport(folder, name, recording);
  if (report === undefined || name === 'failed-binding') return ['the statement failed, but its profile has numbers'];
  const faults = new Faults();
  faults.same('form of the profile', parsed.form, 2);
  faults.same('keys that are not known', parsed.unknownKeys.join(', '), '');
  checkReads(report, truth, faults);
  checkPlanning(report, faults);
  if (truth.status === 'ok') checkFinished(report, truth, faults);
  else checkFailed(report, faults);
  if (truth.status === 'ok') {
    const compute = 'cumulative_compute';
    const withoutCompute = (metrics: MetricReport[]) => metrics.filter((metric) => metric.name !== compute);
    const [summary, full] = [profileSummary(text), profileMetrics(parsed.profile)].map(withoutCompute);
    faults.same('totals without the operators', JSON.stringify(summary), JSON.stringify(full));
  }
  return faults.found;
}

/** Bytes and requests equal those of DuckDB's log, of a server, and of the process. */
function checkReads(report: EngineReport, truth: Truth, faults: Faults): void {
  const { served, logged, processRead } = truth;
  const [bytes, requests] = [numberOf(report, 'bytes_read'), numberOf(report, 'read_requests')];
  const counted = served ?? logged;
  if (counted !== undefined) {
    faults.same('bytes_read', bytes ?? 0, counted.bytes);
    faults.same('read_requests', requests ?? 0, counted.requests);
  }
  // A server in the same process reads, too.
  const difference = Math.abs((bytes ?? 0) - processRead);
  const isEqual = served !== undefined || difference <= MOST_DIGITS;
  faults.holds('bytes_read of the process', isEqual, `${bytes}, the process read ${processRead}`);
  const time = numberOf(report, 'read_time');
  if (bytes === undefined) return;
  const most = durationOf(report) * truth.threads;
  faults.holds('read_time', time !== undefined && time > 0 && time <= most, `${time} of at most ${most} ns`);
}

/** Linux's counters count how often they are read themselves, and the number of their digits changes. */
const MOST_DIGITS = 16;

function checkPlanning({ planning = [] }: EngineReport, faults: Faults): void {
  faults.same('phases', planning.map(({ phase }) => phase).join(), PHASES);
  for (const { phase, rules, timing } of planning) {
    const sum = rules.reduce((total, rule) => total + Number(rule.timing.duration), 0);
    faults.holds(
      phase,
      rules.length > 0 && sum > 0 && sum <= Number(timing.duration) * 1.01,
      `${sum} of ${timing.duration} ns`,
    );
  }
}

const PHASES = 'analyze_logical_plan,optimize_logical_plan,create_physical_plan';

function checkFinished(report: EngineReport, truth: Truth, faults: Faults): void {
  const { rows, steps, analyzed, rowGroups, fileSize, processWritten } = truth;
  const operators = operatorsOf(report);
  faults.same('output_rows', numberOf(report, 'output_rows'), rows);
  if (analyzed !== undefined) {
    faults.same(
      'operators by EXPLAIN ANALYZE',
      JSON.stringify(tree(report.operators ?? [])),
      JSON.stringify(counted(analyzed)),
    );
  }
  for (const [step, count] of Object.entries(steps)) {
    const found = operators
      .filter((operator) => operator.name === step)
      .map((operator) => numberOf(operator, 'output_rows'));
    faults.holds(
      step,
      found.length > 0 && found.every((rows) => rows === count),
      `${found.join(', ')} rows, counted ${count}`,
    );
  }
  if (rowGroups !== undefined) {
    const scan = operators.find(({ name }) => name === 'PARQUET_SCAN') ?? { metrics: [] };
    faults.same('row_groups_scanned', numberOf(scan, 'row_groups_scanned'), rowGroups[0]);
    faults.same('row_groups_pruned', numberOf(scan, 'row_groups_pruned'), rowGroups[1] - rowGroups[0]);
  }
  faults.same('bytes_written', numberOf(report, 'bytes_written'), fileSize);
  const spilled = numberOf(report, 'least_spilled_bytes') ?? 0;
  const most = processWritten ?? 0;
  faults.holds('least_spilled_bytes', spilled <= most && spilled >= most / 2, `${spilled} of ${most} bytes`);
  const own = operators.reduce((sum, operator) => sum + (numberOf(operator, 'elapsed_compute') ?? 0), 0);
  const compute = numberOf(report, 'cumulative_compute') ?? 0;
  faults.holds('cumulative_compute', compute > 0 && Math.abs(own / compute - 1) < 0.01, `${compute} of ${own} ns`);
  faults.holds('peak_memory', (numberOf(report, 'peak_memory') ?? 0) > 0, 'is 0');
}

/** Only what is known before the query ran. */
function checkFailed(report: EngineReport, faults: Faults): void {
  const drawn = operatorsOf(report).flatMap(({ metrics, attributes = {} }) => [
    ...metrics.map((metric) => metric.name),
    ...Object.keys(attributes).filter((key) => typeof attributes[key] === 'number'),
  ]);
  faults.same('numbers of operators', [...new Set(drawn)].join(), 'estimated_rows');
  const totals = report.metrics?.map((metric) => metric.name).join();
  faults.same('totals', totals, 'bytes_read,read_requests,read_time');
}

/** Collects what differs. */
class Faults {
  readonly found: string[] = [];

  same(what: string, found: unknown, expected: unknown): void {
    if (found !== expected) this.found.push(`${what} is ${found}, should be ${expected}`);
  }

  holds(what: string, isSo: boolean, otherwise: string): void {
    if (!isSo) this.found.push(`${what}: ${otherwise}`);
  }
}

export function operatorsOf({ operators = [] }: Pick<EngineReport, 'operators'>): OperatorReport[] {
  return operators.flatMap((operator) => [operator, ...operatorsOf({ operators: operator.children })]);
}

function numberOf({ metrics = [] }: { readonly metrics?: readonly MetricReport[] }, name: string): number | undefined {
  const value = metrics.find((metric) => metric.name === name)?.value;
  return value === undefined ? undefined : Number(value);
}

function durationOf({ window }: EngineReport): number {
  return Number(window.end) - Number(window.start);
}

function tree(operators: readonly OperatorReport[]): unknown {
  return operators.map((operator) => [
    operator.name,
    numberOf(operator, 'output_rows') ?? null,
    tree(operator.children),
  ]);
}

/** The operators whose rows DuckDB 2 does not count, and gives as 0. */
const UNCOUNTED: ReadonlySet<string> = new Set(['CTE', 'UNION']);

function counted(operators: readonly AnalyzedOperator[]): unknown {
  return operators.map(([name, rows, below]) => [name, UNCOUNTED.has(name) ? null : rows, counted(below)]);
}

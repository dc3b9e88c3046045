import { METRIC_UNLOGGED_SCANS } from '@planscope/semconv';
import { executedPlanFingerprint } from './executed-plan-fingerprint.ts';
import { fileActivity } from './file-activity.ts';
import { type Gap, type GapCode, type Operator, type Query, RUN_VERSION, type Run } from './run.ts';
import { totalsOf } from './totals.ts';

/** What is read from a source. The rest of a run follows from it. */
export interface RunParts extends Omit<Run, 'version' | 'totals' | 'files' | 'partial'> {
  /** Sizes of files by the id of the call that told them. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Gaps after which operators may be missing. */
const INCOMPLETE: ReadonlySet<GapCode> = new Set<GapCode>([
  'span-budget',
  'too-many-spans',
  'late-spans',
  'summary-only',
  'parent-missing',
]);

/** Adds the numbers that follow from others: totals, shares, sums for each file, fingerprints. */
export function finishRun({ sizes, ...parts }: RunParts): Run {
  const { kind, calls, phases } = parts;
  const computes = computeByQuery(parts.operators);
  const isComplete = !parts.gaps.some(({ code }) => INCOMPLETE.has(code));
  const operators = parts.operators.map((operator) => withShare(operator, computes));
  const queries = parts.queries.map((query) => {
    const compute = computes.get(query.id);
    const own = operators.filter(({ queryId, origin }) => queryId === query.id && origin === 'engine');
    return {
      ...query,
      ...(compute === undefined ? {} : { compute }),
      ...(isComplete && own.length > 0 ? { executedPlanFingerprint: executedPlanFingerprint(own) } : {}),
    };
  });
  const gaps = [...parts.gaps, ...measurementGaps(parts.operators, queries, parts.stages)];
  const partial = gaps.length > 0;
  const fingerprint = isComplete ? runFingerprint(queries, operators) : undefined;
  return {
    ...parts,
    version: RUN_VERSION,
    identity: {
      ...parts.identity,
      ...(fingerprint === undefined ? {} : { executedPlanFingerprint: fingerprint }),
    },
    gaps,
    partial,
    operators,
    queries,
    totals: totalsOf({ kind, operators, queries, phases, calls, partial }),
    files: fileActivity(calls, sizes),
  };
}

/** The compute time of reported operators; operators without a query are one, with the key undefined. */
function computeByQuery(operators: readonly Operator[]): Map<string | undefined, number> {
  const sums = new Map<string | undefined, number>();
  for (const { origin, queryId, compute } of operators) {
    if (origin === 'engine' && compute !== undefined) sums.set(queryId, (sums.get(queryId) ?? 0) + compute);
  }
  return sums;
}

function withShare(operator: Operator, computes: ReadonlyMap<string | undefined, number>): Operator {
  const { origin, queryId, compute } = operator;
  const sum = computes.get(queryId) ?? 0;
  return origin === 'engine' && compute !== undefined && sum > 0
    ? { ...operator, computeShare: compute / sum }
    : operator;
}

/** That of its only query, else of the operators of all of them. */
function runFingerprint(queries: readonly Query[], operators: readonly Operator[]): string | undefined {
  const [query, ...more] = queries;
  if (query !== undefined && more.length === 0) return query.executedPlanFingerprint;
  const reported = operators.filter(({ origin }) => origin === 'engine');
  return reported.length === 0 ? undefined : executedPlanFingerprint(reported);
}

function measurementGaps(operators: readonly Operator[], queries: readonly Query[], stages: Run['stages']): Gap[] {
  const early = [...queries, ...operators, ...stages].filter(({ partial }) => partial).length;
  const unlogged = queries.reduce((sum, { metrics }) => sum + (metrics[METRIC_UNLOGGED_SCANS]?.value ?? 0), 0);
  const gaps: readonly Gap[] = [
    { code: 'measured-early', count: early },
    { code: 'io-unlogged', count: unlogged },
  ];
  return gaps.filter(({ count }) => count > 0);
}

import {
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  METRIC_ELAPSED_COMPUTE,
  operatorMetricKey,
  type TimingBasis,
} from '@planscope/semconv';
import type { TreeSpan } from './tree-rows.ts';

/** An operator's share of its query's compute time. */
export interface ComputeShare {
  /** From 0 to 1. */
  readonly share: number;
  /** Whether it is one of the fewest operators that took half of it together. */
  readonly isExpensive: boolean;
}

/** Such a span tells at most when an operator ran first and last, and not how long it worked. */
const WITHOUT_TIMES: readonly unknown[] = [
  'execution_window',
  'observed_events',
  'proportional',
] satisfies readonly TimingBasis[];

/** An operator that an engine reported; only its compute time tells its cost. */
export function isReportedOperator({ attributes }: TreeSpan): boolean {
  return attributes.get(ATTR_SPAN_KIND) === 'operator' && WITHOUT_TIMES.includes(attributes.get(ATTR_TIMING_BASIS));
}

function computeOf({ attributes }: TreeSpan): number {
  const compute = attributes.get(operatorMetricKey(METRIC_ELAPSED_COMPUTE));
  return typeof compute === 'number' ? compute : 0;
}

/** The shares of the operators that an engine reported, each within its own query. */
export function computeShares(spans: readonly TreeSpan[]): ReadonlyMap<TreeSpan, ComputeShare> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const queries = new Map<string | undefined, TreeSpan[]>();
  for (const span of spans.filter(isReportedOperator)) {
    let top = span;
    for (let above = parentOf(top); above !== undefined && isReportedOperator(above); above = parentOf(top))
      top = above;
    const query = queryOf(top);
    const operators = queries.get(query);
    if (operators === undefined) queries.set(query, [span]);
    else operators.push(span);
  }
  return new Map([...queries.values()].flatMap(sharesOfQuery));

  /** The operators of a distributed query stand below its stages. */
  function queryOf(top: TreeSpan): string | undefined {
    const above = parentOf(top);
    return above?.attributes.get(ATTR_SPAN_KIND) === 'stage' ? above.parentSpanId : top.parentSpanId;
  }

  function parentOf({ parentSpanId }: TreeSpan): TreeSpan | undefined {
    return parentSpanId === undefined ? undefined : byId.get(parentSpanId);
  }
}

function sharesOfQuery(operators: readonly TreeSpan[]): [TreeSpan, ComputeShare][] {
  const total = operators.reduce((sum, operator) => sum + computeOf(operator), 0);
  if (total === 0) return [];
  let before = 0;
  return operators
    .toSorted((one, other) => computeOf(other) - computeOf(one))
    .map((operator) => {
      const isExpensive = operators.length > 1 && before < total / 2;
      before += computeOf(operator);
      return [operator, { share: computeOf(operator) / total, isExpensive }];
    });
}

import { present } from '@planscope/internal/present';
import type { Metrics, Operator, Run, Span, Stage, StorageCall, Task } from '../run.ts';

/** A span of a run with its place in the tree, and the part of the run that was read from it. */
export interface TreeSpan {
  readonly span: Span;
  /** The span that it is below in the tree, which need not be its parent. */
  readonly parentId: string | undefined;
  /** Note after the name. */
  readonly note?: string;
  readonly operator?: Operator;
  readonly stage?: Stage;
  readonly task?: Task;
  readonly call?: StorageCall;
  readonly metrics: Metrics;
}

/** The spans of a run, in their order. */
export function treeSpans({ spans, queries, operators, stages, calls }: Run): TreeSpan[] {
  const operatorOf = bySpan(operators);
  const queryOf = bySpan(queries);
  const stageOf = bySpan(stages);
  const taskOf = bySpan(stages.flatMap(({ tasks }) => tasks));
  const callOf = bySpan(calls);
  return spans.map((span) => {
    const [operator, stage, task] = [operatorOf.get(span.id), stageOf.get(span.id), taskOf.get(span.id)];
    const { metrics = {} } = operator ?? stage ?? task ?? queryOf.get(span.id) ?? {};
    return {
      span,
      parentId: span.parentId,
      metrics,
      ...present({ operator, stage, task, call: callOf.get(span.id) }),
    };
  });
}

function bySpan<Part extends { readonly spanId?: string }>(
  parts: readonly Part[],
): ReadonlyMap<string | undefined, Part> {
  return new Map(parts.map((part) => [part.spanId, part]));
}

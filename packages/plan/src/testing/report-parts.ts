import type {
  EngineReport,
  MetricReport,
  OperatorReport,
  ReportedTiming,
  TimeWindow,
} from '../report/engine-report.ts';

/** One part of a report, with its path for messages and the window that it must be in. */
export interface ReportPart {
  readonly path: string;
  readonly timing: ReportedTiming;
  readonly metrics: readonly MetricReport[];
  /** The window of the nearest enclosing part with a window. */
  readonly around: TimeWindow;
}

/** All parts of a report with a time, each after its enclosing part. */
export function* reportParts(report: EngineReport): Generator<ReportPart> {
  const { window, queue = [], planning = [], operators = [], stages = [] } = report;
  for (const [index, { timing }] of queue.entries()) yield part(`queue[${index}]`, timing, [], window);
  for (const [index, { timing, rules }] of planning.entries()) {
    const path = `planning[${index}]`;
    yield part(path, timing, [], window);
    for (const [number, rule] of rules.entries()) {
      yield part(`${path}.rules[${number}]`, rule.timing, [], timing.window ?? window);
    }
  }
  yield* operatorParts(operators, 'operators', window);
  for (const [index, stage] of stages.entries()) {
    const path = `stages[${index}]`;
    const inside = stage.timing.window ?? window;
    yield part(path, stage.timing, stage.metrics, window);
    for (const [number, task] of stage.tasks.entries()) {
      yield part(`${path}.tasks[${number}]`, task.timing, task.metrics, inside);
    }
    yield* operatorParts(stage.operators ?? [], `${path}.operators`, inside);
  }
}

function* operatorParts(operators: readonly OperatorReport[], path: string, around: TimeWindow): Generator<ReportPart> {
  for (const [index, { timing, metrics, children }] of operators.entries()) {
    const place = `${path}[${index}]`;
    yield part(place, timing, metrics, around);
    yield* operatorParts(children, `${place}.children`, timing.window ?? around);
  }
}

function part(path: string, timing: ReportedTiming, metrics: readonly MetricReport[], around: TimeWindow): ReportPart {
  return { path, timing, metrics, around };
}

import { present } from '@planscope/internal/present';
import {
  ATTR_PARTIAL,
  ATTR_STAGE_FAILED_TASK_COUNT,
  ATTR_STAGE_ID,
  ATTR_STAGE_PARENTS,
  ATTR_STAGE_TASK_COUNT,
  ATTR_TASK_ATTEMPT,
  ATTR_TASK_HOST,
  ATTR_TASK_ID,
  stageSpreadKey,
} from '@planscope/semconv';
import { measuredMetric } from '../metric-sources.ts';
import type { Spread, Stage, Task } from '../run.ts';
import { errorOf, metricsOf, numberOf, statusOf, textOf, textsOf, timingOf } from './span-attributes.ts';
import type { TraceAttributes, TraceSpan } from './trace-span.ts';

/** @param start of the run */
export function stageFromSpan(
  span: TraceSpan,
  start: bigint,
  queryId: string | undefined,
): Stage & { readonly tasks: Task[] } {
  const { spanId, attributes } = span;
  const taskCount = numberOf(attributes, ATTR_STAGE_TASK_COUNT);
  return {
    id: textOf(attributes, ATTR_STAGE_ID) ?? spanId,
    spanId,
    ...present({ queryId }),
    parentIds: textsOf(attributes, ATTR_STAGE_PARENTS),
    timing: timingOf(span, start),
    ...present({ status: statusOf(span), error: errorOf(span) }),
    partial: attributes.get(ATTR_PARTIAL) === true,
    metrics: metricsOf(attributes, false),
    ...(taskCount === undefined
      ? {}
      : { taskCount, failedTaskCount: numberOf(attributes, ATTR_STAGE_FAILED_TASK_COUNT) ?? 0 }),
    tasks: [],
    spread: spreads(attributes),
  };
}

/** @param start of the run */
export function taskFromSpan(span: TraceSpan, start: bigint): Task {
  const { spanId, attributes } = span;
  return {
    id: textOf(attributes, ATTR_TASK_ID) ?? spanId,
    spanId,
    attempt: numberOf(attributes, ATTR_TASK_ATTEMPT) ?? 0,
    ...present({ host: textOf(attributes, ATTR_TASK_HOST) }),
    timing: timingOf(span, start),
    ...present({ status: statusOf(span), error: errorOf(span) }),
    partial: attributes.get(ATTR_PARTIAL) === true,
    metrics: metricsOf(attributes, false),
  };
}

const NUMBERS = ['least', 'median', 'most'] as const;
const [PREFIX = '', SUFFIX = ''] = stageSpreadKey('/', 'least').split('/');

function spreads(attributes: TraceAttributes): Record<string, Spread> {
  const names = [...attributes.keys()]
    .filter((key) => key.startsWith(PREFIX) && key.endsWith(SUFFIX))
    .map((key) => key.slice(PREFIX.length, -SUFFIX.length));
  return Object.fromEntries(names.map((name) => [name, spread(attributes, name)]));
}

function spread(attributes: TraceAttributes, name: string): Spread {
  // Durations of tasks are no metric, so no registry has their unit.
  const unit = name === 'duration' ? 'ns' : measuredMetric(name, 0, false).unit;
  const numbers = NUMBERS.map((number) => [number, numberOf(attributes, stageSpreadKey(name, number))] as const);
  return { ...present({ unit }), ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)) };
}

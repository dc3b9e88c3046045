import { type Attributes, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import {
  clampWindow,
  type EngineErrorReport,
  type EngineReport,
  type ReportedTiming,
  type ReportPlace,
  type ReportRecorder,
  type ReportScope,
  reportedDuration,
  reportOperators,
  type StageReport,
  stageSpread,
  stagesBottomUp,
  stageTaskCounts,
  type TaskReport,
  toHrTime,
} from '@planscope/plan';
import {
  ATTR_ERROR_TYPE,
  ATTR_PARTIAL,
  ATTR_RUN_ID,
  ATTR_RUN_STATUS,
  ATTR_SPAN_KIND,
  ATTR_STAGE_FAILED_TASK_COUNT,
  ATTR_STAGE_ID,
  ATTR_STAGE_PARENTS,
  ATTR_STAGE_TASK_COUNT,
  ATTR_STAGE_UNDRAWN_TASK_COUNT,
  ATTR_TASK_ATTEMPT,
  ATTR_TASK_HOST,
  ATTR_TASK_ID,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_CLAMPED,
  SPAN_STAGE,
  SPAN_TASK,
  stageSpreadKey,
} from '@planscope/semconv';
import { ExecutionOptionsError, type OperatorSpanOptions } from '../instrumentation-options.ts';
import { type OperatorTexts, reportedDurationAttribute, reportedMetricAttributes } from '../operator-attributes.ts';
import { operatorSpanSettings } from '../operator-span-settings.ts';
import { errorAttributes } from './engine-span-recorder.ts';
import { recorderInSteps } from './recorder-in-steps.ts';
import { drawnWindow, type ReportParent, reportParent } from './report-windows.ts';

const DEFAULT_MAX_TASKS_PER_STAGE = 4;

/** How reported stages and their tasks are drawn. */
export interface StageReportOptions
  extends Pick<OperatorSpanOptions, 'tracerProvider' | 'recordMetrics' | 'maxTextBytes'> {
  /** Maximum number of task spans for a stage: failed tasks first, then the slowest. Default: 4. */
  readonly maxTasksPerStage?: number;
  /** Parent of the stages. Default: `caller`. */
  readonly under?: ReportParent;
  /** Whether stages or tasks get spans. Default: both. Operators of a stage without a span get the span above it. */
  readonly isEnabled?: (kind: 'stage' | 'task') => boolean;
}

/**
 * Draws reported stages as sibling spans with links to the stages that they read from, and below each stage its failed
 * and slowest tasks. It must run before the recorder of operators, which have stages as parents. Stages and operators
 * have priority in the span budget; tasks get the rest.
 *
 * @throws ExecutionOptionsError
 */
export function stageReportRecorder(options: StageReportOptions = {}): ReportRecorder {
  const { maxTasksPerStage = DEFAULT_MAX_TASKS_PER_STAGE, isEnabled = () => true } = options;
  if (!Number.isSafeInteger(maxTasksPerStage) || maxTasksPerStage < 0) {
    throw new ExecutionOptionsError('maxTasksPerStage', maxTasksPerStage, 'a whole number from 0 up');
  }
  if (typeof isEnabled !== 'function') throw new ExecutionOptionsError('isEnabled', isEnabled, 'a function');
  const { tracer, texts, recordMetrics } = operatorSpanSettings(options);
  const parentOf = reportParent(options.under);

  return recorderInSteps('stages', function* (report, scope) {
    if (report.stages === undefined) return;
    const pen: Pen = { tracer, texts, recordMetrics, report, scope };
    const parent = parentOf(report, scope);
    const drawn = new Map<string, DrawnStage>();
    const inputs = new Map<string, DrawnStage[]>();
    const hasSpan = isEnabled('stage');
    for (const stage of stagesBottomUp(report.stages)) {
      const made = hasSpan ? startStage(stage, parent, inputs.get(stage.id) ?? [], pen) : undefined;
      if (made !== undefined) {
        drawn.set(stage.id, made);
        for (const reader of stage.parents) inputs.set(reader, [...(inputs.get(reader) ?? []), made]);
      }
      scope.stages.set(stage.id, made?.place ?? { ...parent, window: placed(stage, parent, pen).window });
      yield;
    }
    const withTasks = isEnabled('task') ? [...drawn.values()].map(({ stage }) => stage) : [];
    for (const { stage, task } of selectTasks(withTasks, maxTasksPerStage, roomForTasks(pen))) {
      const above = drawn.get(stage.id);
      if (above !== undefined && drawTask(task, above, pen)) above.tasks += 1;
      yield;
    }
    for (const stage of drawn.values()) {
      endStage(stage);
      yield;
    }
  });
}

/** The state for drawing one report. */
interface Pen {
  readonly tracer: Tracer;
  readonly texts: OperatorTexts;
  readonly recordMetrics: boolean;
  readonly report: EngineReport;
  readonly scope: ReportScope;
}

/** A stage whose span is open. */
interface DrawnStage {
  readonly stage: StageReport;
  readonly span: Span;
  readonly place: ReportPlace;
  /** Tasks with spans. */
  tasks: number;
}

/**
 * The spans of the budget that tasks may use: one is reserved for each operator, because operators are more important.
 */
function roomForTasks({ report, scope: { budget } }: Pen): number {
  return budget.limit - budget.used - [...reportOperators(report)].length;
}

function startStage(
  stage: StageReport,
  parent: ReportPlace,
  inputs: readonly DrawnStage[],
  pen: Pen,
): DrawnStage | undefined {
  const { tracer, recordMetrics, report, scope } = pen;
  if (!scope.budget.take()) return undefined;
  const { window, attributes } = placed(stage, parent, pen);
  const span = tracer.startSpan(
    SPAN_STAGE,
    {
      attributes: { [ATTR_SPAN_KIND]: 'stage', [ATTR_STAGE_ID]: stage.id, ...attributes },
      startTime: toHrTime(window.start),
      links: inputs.map((input) => ({
        context: input.span.spanContext(),
        attributes: { [ATTR_STAGE_ID]: input.stage.id },
      })),
    },
    parent.otelContext,
  );
  if (span.isRecording()) {
    span.setAttributes({
      ...(stage.parents.length === 0 ? {} : { [ATTR_STAGE_PARENTS]: [...stage.parents] }),
      ...(isPartial(stage, report) ? { [ATTR_PARTIAL]: true } : {}),
      ...(recordMetrics ? { ...reportedMetricAttributes(stage.metrics), ...spreadAttributes(stage) } : {}),
    });
    // A stage that was cancelled because another stage failed has no error.
    const error = stage.tasks.find(hasFailed)?.error ?? report.error;
    recordStatus(span, stage.status, stage.status === 'error' ? error : undefined);
  }
  return { stage, span, place: { otelContext: trace.setSpan(parent.otelContext, span), window }, tasks: 0 };
}

function endStage({ stage, span, place, tasks: drawn }: DrawnStage): void {
  const { all, failed } = stageTaskCounts(stage);
  span.setAttributes({
    ...(all === 0 ? {} : { [ATTR_STAGE_TASK_COUNT]: all }),
    ...(failed === 0 ? {} : { [ATTR_STAGE_FAILED_TASK_COUNT]: failed }),
    ...(drawn === all ? {} : { [ATTR_STAGE_UNDRAWN_TASK_COUNT]: all - drawn }),
  });
  span.end(toHrTime(place.window.end));
}

function drawTask(task: TaskReport, { stage, place }: DrawnStage, pen: Pen): boolean {
  const { tracer, texts, recordMetrics, report, scope } = pen;
  if (!scope.budget.take()) return false;
  const { window, attributes } = placed(task, place, pen);
  const span = tracer.startSpan(
    SPAN_TASK,
    {
      attributes: { [ATTR_SPAN_KIND]: 'task', [ATTR_STAGE_ID]: stage.id, [ATTR_TASK_ID]: task.id, ...attributes },
      startTime: toHrTime(window.start),
    },
    place.otelContext,
  );
  if (span.isRecording()) {
    span.setAttributes({
      ...(task.attempt === undefined ? {} : { [ATTR_TASK_ATTEMPT]: task.attempt }),
      ...(task.host === undefined ? {} : { [ATTR_TASK_HOST]: texts.text(ATTR_TASK_HOST, task.host) }),
      ...(isPartial(stage, report) ? { [ATTR_PARTIAL]: true } : {}),
      ...(recordMetrics ? reportedMetricAttributes(task.metrics) : {}),
    });
    recordStatus(span, task.status, task.error);
  }
  span.end(toHrTime(window.end));
  return true;
}

function placed(
  { timing }: { readonly timing: ReportedTiming },
  parent: ReportPlace,
  { report, scope: { run } }: Pen,
): { readonly window: ReportPlace['window']; readonly attributes: Attributes } {
  const execution = clampWindow(report.window, parent.window).window;
  const drawn = drawnWindow(timing, execution, execution);
  const { window, clamped } = clampWindow(drawn.window, parent.window);
  const attributes = {
    [ATTR_TIMING_BASIS]: drawn.basis,
    [ATTR_RUN_ID]: run.runId,
    ...(clamped ? { [ATTR_TIMING_CLAMPED]: true, ...reportedDurationAttribute(timing) } : {}),
  };
  return { window, attributes };
}

function isPartial({ partial }: StageReport, report: EngineReport): boolean {
  return partial ?? report.partial ?? false;
}

/** Records the status of a stage or task. For an error without a code, only the error status is known. */
function recordStatus(span: Span, status: StageReport['status'], error: EngineErrorReport | undefined): void {
  if (status === undefined) return;
  span.setAttribute(ATTR_RUN_STATUS, status);
  if (status === 'ok') return;
  span.setAttributes(errorAttributes(error));
  if (status === 'error') {
    span.setAttribute(ATTR_ERROR_TYPE, error?.code ?? '_OTHER').setStatus({ code: SpanStatusCode.ERROR });
  }
}

function spreadAttributes(stage: StageReport): Attributes {
  const attributes: Attributes = {};
  for (const { name, least, median, most } of stageSpread(stage)) {
    attributes[stageSpreadKey(name, 'least')] = Number(least);
    attributes[stageSpreadKey(name, 'median')] = Number(median);
    attributes[stageSpreadKey(name, 'most')] = Number(most);
  }
  return attributes;
}

/** A task that may get a span, and its stage. */
interface SelectedTask {
  readonly stage: StageReport;
  readonly task: TaskReport;
}

/**
 * Selects the tasks that get spans. For each stage, failed tasks come first, in the order of their ends, because the
 * first one is usually the cause; the rest of the limit is for the slowest tasks. If there are too many tasks in all
 * stages together, failed tasks have priority over slow ones.
 *
 * @param limit maximum number of tasks of one stage
 * @param room maximum number of tasks of all stages
 */
function selectTasks(stages: readonly StageReport[], limit: number, room: number): readonly SelectedTask[] {
  if (limit === 0 || room <= 0) return [];
  const selected = stages.flatMap((stage) =>
    stage.tasks
      .map((task) => suspect(stage, task))
      .sort(bySuspicion)
      .slice(0, limit),
  );
  return selected.length <= room ? selected : selected.sort(bySuspicion).slice(0, room);
}

/** Whether a task failed. A cancelled task did not fail. */
function hasFailed({ status }: TaskReport): boolean {
  return status === 'error';
}

interface Suspect extends SelectedTask {
  /** Priority; lower comes first. */
  readonly rank: number;
  /** Order within a rank: the end of a failed task, or the negative duration of another task. */
  readonly order: bigint;
}

function suspect(stage: StageReport, task: TaskReport): Suspect {
  const { window } = task.timing;
  if (hasFailed(task)) {
    return window === undefined
      ? { stage, task, rank: 1, order: 0n }
      : { stage, task, rank: 0, order: BigInt(window.end) };
  }
  const duration = reportedDuration(task.timing);
  return duration === undefined ? { stage, task, rank: 3, order: 0n } : { stage, task, rank: 2, order: -duration };
}

function bySuspicion(one: Suspect, other: Suspect): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.order === other.order) return 0;
  return one.order < other.order ? -1 : 1;
}

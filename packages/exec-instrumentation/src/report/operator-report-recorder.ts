import { type Attributes, trace } from '@opentelemetry/api';
import {
  clampWindow,
  type EngineReport,
  type OperatorReport,
  type ReportPlace,
  type ReportRecorder,
  type ReportScope,
  type StageReport,
  type TimeWindow,
  toHrTime,
} from '@planscope/plan';
import { createPlaceholders } from '@planscope/redaction';
import {
  ATTR_DATAFUSION_NODE,
  ATTR_OPERATOR_ID,
  ATTR_OPERATOR_INPUT_STAGES,
  ATTR_PARTIAL,
  ATTR_STAGE_ID,
  ATTR_TIMING_CLAMPED,
  type SemanticSchema,
} from '@planscope/semconv';
import { ExecutionOptionsError, type OperatorSpanOptions } from '../instrumentation-options.ts';
import {
  identityAttributes,
  type OperatorTexts,
  reportedDurationAttribute,
  reportedMetricAttributes,
} from '../operator-attributes.ts';
import { oneOf, operatorSpanSettings } from '../operator-span-settings.ts';
import { recorderInSteps } from './recorder-in-steps.ts';
import {
  type DrawnTiming,
  proportionalLayout,
  type ReportParent,
  reportedLayout,
  reportParent,
} from './report-windows.ts';

/** How reported operators are drawn. */
export interface OperatorReportOptions extends OperatorSpanOptions {
  /**
   * The window of operators if only that of the execution is known: `reported`, the default, gives each the whole
   * window; `proportional` divides it by their shares of the compute time, and marks the spans.
   */
  readonly layout?: 'reported' | 'proportional';
  /**
   * The registries of the reporting engines, which have the kind of text of each attribute. A text that is in no
   * registry is treated as data and hidden. Default: none besides the shared registry.
   */
  readonly schemas?: readonly SemanticSchema[];
  /** Parent of operators without a stage. Default: `caller`. Operators of a stage have the stage as their parent. */
  readonly under?: ReportParent;
  /** Whether an operator gets a span. Default: all. Spans below an operator without one get the nearest span above. */
  readonly isEnabled?: (operator: Pick<OperatorReport, 'name'>) => boolean;
}

/**
 * Draws reported operators as spans that are nested like the plan. `planscope.timing.basis` shows the origin of their
 * times. A time outside of the parent's window is moved to its edge and marked, and the reported duration is kept as an
 * attribute.
 *
 * @throws ExecutionOptionsError
 */
export function operatorReportRecorder(options: OperatorReportOptions = {}): ReportRecorder {
  const { layout = 'reported', isEnabled = () => true, schemas = [] } = options;
  if (!Array.isArray(schemas)) throw new ExecutionOptionsError('schemas', schemas, 'an array of registries');
  const { tracer, texts, recordNode, recordMetrics, customFields } = operatorSpanSettings(options, schemas);
  const parentOf = reportParent(options.under);
  oneOf('layout', layout, ['reported', 'proportional']);
  if (typeof isEnabled !== 'function') throw new ExecutionOptionsError('isEnabled', isEnabled, 'a function');

  return recorderInSteps('operators', function* (report: EngineReport, scope: ReportScope) {
    const windowOf = layout === 'proportional' ? proportionalLayout(report) : reportedLayout;
    const draw = function* (root: OperatorReport, top: ReportPlace, tree: OperatorTree): Generator<void, void, void> {
      const waiting = [{ operator: root, parent: top, around: tree.window }];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { operator, parent, around } = next;
        const place = span(operator, parent, windowOf(operator, tree.window, around), tree.stage);
        scope.operators.set(operator.id, place);
        // The last child first, so that the first one is the next.
        for (let index = operator.children.length - 1; index >= 0; index -= 1) {
          const child = operator.children[index];
          if (child !== undefined) waiting.push({ operator: child, parent: place, around: place.window });
        }
        yield;
      }
    };
    const span = (
      operator: OperatorReport,
      parent: ReportPlace,
      drawn: DrawnTiming,
      stage: StageReport | undefined,
    ): ReportPlace => {
      const { window, clamped } = clampWindow(drawn.window, parent.window);
      if (!isEnabled(operator) || !scope.budget.take()) return { otelContext: parent.otelContext, window };
      const attributes = {
        ...identityAttributes(operator.name, drawn.basis, scope.run, customFields),
        [ATTR_OPERATOR_ID]: operator.id,
        ...(clamped ? { [ATTR_TIMING_CLAMPED]: true, ...reportedDurationAttribute(operator.timing) } : {}),
        ...stageAttributes(operator, stage, report),
      };
      const started = tracer.startSpan(
        operator.name,
        { attributes, startTime: toHrTime(window.start) },
        parent.otelContext,
      );
      if (started.isRecording()) {
        started.setAttributes(textAttributes(operator, texts, { recordNode, identifiers: report.identifiers }));
        if (recordMetrics) started.setAttributes(reportedMetricAttributes(operator.metrics));
      }
      started.end(toHrTime(window.end));
      return { otelContext: trace.setSpan(parent.otelContext, started), window };
    };
    const top = parentOf(report, scope);
    for (const root of report.operators ?? []) yield* draw(root, top, { window: report.window });
    for (const stage of report.stages ?? []) {
      const place = scope.stages.get(stage.id) ?? top;
      // A stage without its own window has the window of the execution, like operators without a stage.
      const window = place === top ? report.window : place.window;
      for (const root of stage.operators ?? []) yield* draw(root, place, { window, stage });
    }
  });
}

/** The state that the operators of one tree share. */
interface OperatorTree {
  /** The window in which all of them ran. */
  readonly window: TimeWindow;
  readonly stage?: StageReport;
}

function stageAttributes(operator: OperatorReport, stage: StageReport | undefined, report: EngineReport): Attributes {
  const { inputStages = [] } = operator;
  return {
    ...(stage === undefined ? {} : { [ATTR_STAGE_ID]: stage.id }),
    ...(inputStages.length === 0 ? {} : { [ATTR_OPERATOR_INPUT_STAGES]: [...inputStages] }),
    ...((stage?.partial ?? report.partial) ? { [ATTR_PARTIAL]: true } : {}),
  };
}

interface OperatorTextOptions {
  readonly recordNode: boolean;
  readonly identifiers: EngineReport['identifiers'];
}

/**
 * Redacts the texts of one operator with shared placeholders, so that the same literal has the same number in all of
 * them.
 */
function textAttributes(
  operator: OperatorReport,
  texts: OperatorTexts,
  { recordNode, identifiers }: OperatorTextOptions,
): Attributes {
  const common = { placeholders: createPlaceholders(), ...(identifiers === undefined ? {} : { identifiers }) };
  const { name, fields, attributes = {} } = operator;
  return {
    ...(recordNode && fields !== undefined
      ? { [ATTR_DATAFUSION_NODE]: texts.line({ name, describe: () => fields }, common) }
      : {}),
    ...texts.attributes(attributes as Attributes, common),
  };
}

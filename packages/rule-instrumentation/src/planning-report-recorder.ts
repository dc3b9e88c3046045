import { type Attributes, type Context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import {
  clampWindow,
  type PhaseReport,
  type QueuePhaseReport,
  type ReportedTiming,
  type ReportRecorder,
  type ReportScope,
  type RuleReport,
  toHrTime,
} from '@planscope/plan';
import {
  ATTR_PLANNER,
  ATTR_PLANNING_STEP,
  ATTR_RULE_APPLIED,
  ATTR_RULE_INVOCATIONS,
  ATTR_RULE_NAME,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_CLAMPED,
  ATTR_TIMING_REPORTED_DURATION,
  MODIFIED_SUFFIX,
} from '@planscope/semconv';
import packageJson from '../package.json' with { type: 'json' };
import { type PlacedTiming, placeTimings } from './place-timings.ts';
import { planningGuard } from './planning-guard.ts';
import { type PlanningSettings, type PlanningTraceOptions, planningSettings } from './planning-options.ts';
import { recordReportedPhase, recordReportedRule, ruleChanged } from './record-reported.ts';

/**
 * Draws the planner that an engine reported as the spans it would have live. What came before planning and the phases stand
 * in the order of the report from the start of its window, rules in theirs from the start of their phase.
 *
 * @throws PlanningOptionsError
 */
export function planningReportRecorder(options: PlanningTraceOptions = {}): ReportRecorder {
  const settings = planningSettings(options);
  const tracer = packageTracer(packageJson, options.tracerProvider);
  const guard = planningGuard();
  return (report, scope) => {
    const { queue = [], planning = [], engine, identifiers } = report;
    guard.attempt(scope, () => {
      const pen: Pen = { tracer, settings, scope, planner: settings.planner ?? engine.name, identifiers };
      const { window } = clampWindow(report.window, scope.place.window);
      const places = placeTimings(
        [...queue, ...planning].map((phase) => phase.timing),
        window,
      );
      for (const [index, place] of places.entries()) {
        const waiting = queue[index];
        const phase = planning[index - queue.length];
        if (waiting !== undefined) drawQueuePhase(waiting, place, pen);
        else if (phase !== undefined) drawPhase(phase, place, pen);
      }
    });
  };
}

/** What drawing one report needs everywhere. */
interface Pen {
  readonly tracer: Tracer;
  readonly settings: PlanningSettings;
  readonly scope: ReportScope;
  readonly planner: string;
  /** Names that may stand in the report's texts. */
  readonly identifiers: readonly string[] | undefined;
}

function drawQueuePhase({ phase, step, timing }: QueuePhaseReport, place: PlacedTiming, pen: Pen): void {
  if (!pen.settings.queue || !pen.settings.isEnabled('phase', phase)) return;
  const attributes = { ...startAttributes('phase', timing, place), ...stepAttribute(step) };
  draw(phase, attributes, place, pen.scope.place.otelContext, pen, () => {});
}

function drawPhase(phase: PhaseReport, place: PlacedTiming, pen: Pen): void {
  const mode = pen.settings.modes[phase.phase];
  if (mode === 'disabled') return;
  const inside = (span: Span | undefined, otelContext: Context): void => {
    if (span?.isRecording()) recordReportedPhase(span, phase, pen.settings, pen.identifiers);
    if (mode !== 'full') return;
    const places = placeTimings(
      phase.rules.map((rule) => rule.timing),
      place.window,
    );
    for (const [index, rulePlace] of places.entries()) {
      const rule = phase.rules[index];
      if (rule !== undefined) drawRule(rule, rulePlace, otelContext, pen);
    }
  };
  const { otelContext } = pen.scope.place;
  if (!pen.settings.isEnabled('phase', phase.phase)) {
    inside(undefined, otelContext);
    return;
  }
  const attributes: Attributes = {
    ...startAttributes('phase', phase.timing, place),
    [ATTR_PLANNER]: pen.planner,
    ...stepAttribute(phase.step),
  };
  draw(phase.phase, attributes, place, otelContext, pen, inside);
}

function drawRule(rule: RuleReport, place: PlacedTiming, parent: Context, pen: Pen): void {
  if (!pen.settings.isEnabled('rule', rule.name)) return;
  const name = ruleChanged(rule) === true ? rule.name + MODIFIED_SUFFIX : rule.name;
  const attributes = {
    ...startAttributes('rule', rule.timing, place),
    [ATTR_PLANNER]: pen.planner,
    [ATTR_RULE_NAME]: rule.name,
    ...(rule.invocations === undefined ? {} : { [ATTR_RULE_INVOCATIONS]: rule.invocations }),
    ...(rule.applied === undefined ? {} : { [ATTR_RULE_APPLIED]: rule.applied }),
  };
  draw(name, attributes, place, parent, pen, (span) => {
    if (span?.isRecording()) recordReportedRule(span, rule, pen.settings, pen.identifiers);
  });
}

function stepAttribute(step: string | undefined): Attributes {
  return step === undefined ? {} : { [ATTR_PLANNING_STEP]: step };
}

function startAttributes(kind: 'phase' | 'rule', timing: ReportedTiming, place: PlacedTiming): Attributes {
  const { duration } = timing;
  const drawn = BigInt(place.window.end) - BigInt(place.window.start);
  return {
    [ATTR_SPAN_KIND]: kind,
    [ATTR_TIMING_BASIS]: place.basis,
    ...(place.clamped ? { [ATTR_TIMING_CLAMPED]: true } : {}),
    ...(duration === undefined || BigInt(duration) === drawn
      ? {}
      : { [ATTR_TIMING_REPORTED_DURATION]: Number(duration) }),
  };
}

/** Draws one span and what is inside it; over budget there is no span, and what is inside hangs under the parent. */
function draw(
  name: string,
  attributes: Attributes,
  { window }: PlacedTiming,
  parent: Context,
  { tracer, scope }: Pen,
  inside: (span: Span | undefined, otelContext: Context) => void,
): void {
  if (!scope.budget.take()) {
    inside(undefined, parent);
    return;
  }
  const span = tracer.startSpan(name, { attributes, startTime: toHrTime(window.start) }, parent);
  try {
    inside(span, trace.setSpan(parent, span));
  } finally {
    span.end(toHrTime(window.end));
  }
}

import { type Attributes, type Context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import {
  clampWindow,
  displayReportedPlan,
  type PhaseReport,
  type QueuePhaseReport,
  type ReportedTiming,
  type ReportRecorder,
  type ReportScope,
  type RuleReport,
  type TimeWindow,
  toHrTime,
} from '@planscope/plan';
import {
  ATTR_DATAFUSION_EFFECTIVE_RULES,
  ATTR_DATAFUSION_LOGICAL_PLAN,
  ATTR_DATAFUSION_PHYSICAL_PLAN,
  ATTR_DATAFUSION_PLAN_DIFF,
  ATTR_PLAN_DIFF_BASIS,
  ATTR_PLAN_DIFF_UNAVAILABLE_REASON,
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
  type TimingBasis,
} from '@planscope/semconv';
import packageJson from '../package.json' with { type: 'json' };
import { type PlanTexts, planTexts } from './plan-texts.ts';
import { planningGuard } from './planning-guard.ts';
import { type PlanningSettings, type PlanningTraceOptions, planningSettings } from './planning-options.ts';

/**
 * Draws a reported planner with the same spans as a live one. Steps before planning and phases follow in the order of
 * the report from the start of its window; rules follow in their order from the start of their phase.
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

/** The state for drawing one report. */
interface Pen {
  readonly tracer: Tracer;
  readonly settings: PlanningSettings;
  readonly scope: ReportScope;
  readonly planner: string;
  /** Names that the texts of the report may show. */
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

/** Draws one span and its content. Beyond the budget there is no span, and the content gets the parent instead. */
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

/** Whether a rule changed the plan, from the engine or else from its plans; undefined if unknown. */
function ruleChanged({ changed, applied, planBefore, planAfter }: RuleReport): boolean | undefined {
  if (applied !== undefined) return applied > 0;
  if (changed !== undefined || planBefore === undefined || planAfter === undefined) return changed;
  return displayReportedPlan(planBefore) !== displayReportedPlan(planAfter);
}

/** Records the result of a reported phase. */
function recordReportedPhase(
  span: Span,
  phase: PhaseReport,
  settings: PlanningSettings,
  identifiers?: readonly string[],
): void {
  const known = phase.rules.map(ruleChanged);
  if (known.length > 0 && !known.includes(undefined)) {
    const effective = phase.rules.filter((_, index) => known[index] === true).map((rule) => rule.name);
    if (effective.length > 0) span.setAttribute(ATTR_DATAFUSION_EFFECTIVE_RULES, effective);
  }
  const texts = planTexts(settings, identifiers);
  span.setAttributes(plansOf(phase, texts));
  if (settings.planDiff && phase.phase !== 'create_physical_plan') recordDiff(span, phase, 'reported', texts);
}

/** Records the result of a reported rule. */
function recordReportedRule(
  span: Span,
  rule: RuleReport,
  settings: PlanningSettings,
  identifiers?: readonly string[],
): void {
  if (!settings.planDiff) return;
  recordDiff(span, rule, rule.planBasis ?? 'reported', planTexts(settings, identifiers));
  const { changed, planBefore, planAfter, plansUnavailable } = rule;
  if (planBefore !== undefined && planAfter !== undefined) return;
  if (changed === true || plansUnavailable !== undefined) span.setAttribute(ATTR_PLAN_DIFF_BASIS, 'unavailable');
  if (plansUnavailable !== undefined) span.setAttribute(ATTR_PLAN_DIFF_UNAVAILABLE_REASON, plansUnavailable);
}

function plansOf({ phase, planBefore, planAfter }: PhaseReport, texts: PlanTexts): Attributes {
  const attributes: Attributes = {};
  if (phase === 'create_physical_plan') {
    if (planBefore !== undefined) attributes[ATTR_DATAFUSION_LOGICAL_PLAN] = texts.plan(planBefore);
    if (planAfter !== undefined) attributes[ATTR_DATAFUSION_PHYSICAL_PLAN] = texts.plan(planAfter);
  } else if (phase === 'analyze_logical_plan' && planAfter !== undefined) {
    attributes[ATTR_DATAFUSION_LOGICAL_PLAN] = texts.plan(planAfter);
  }
  return attributes;
}

function recordDiff(
  span: Span,
  { planBefore, planAfter }: Pick<RuleReport, 'planBefore' | 'planAfter'>,
  basis: 'reported' | 'ablation',
  texts: PlanTexts,
): void {
  if (planBefore === undefined || planAfter === undefined) return;
  const diff = texts.diff(planBefore, planAfter);
  if (diff !== '') span.setAttributes({ [ATTR_DATAFUSION_PLAN_DIFF]: diff, [ATTR_PLAN_DIFF_BASIS]: basis });
}

/** The window of a reported step. */
export interface PlacedTiming {
  readonly window: TimeWindow;
  /** Origin of the window; it never claims more than the report. */
  readonly basis: TimingBasis;
  /** Whether the window was moved into that of its parent. */
  readonly clamped: boolean;
}

/**
 * Places the reported steps of one parent in the order of the report.
 *
 * A step with a window keeps it. A step with only a duration starts at the end of the previous step, the first one with
 * its parent: the earliest start that the order allows. A step with neither, or with an unknown time within its parent,
 * gets the window of its parent and does not move other steps.
 */
export function placeTimings(timings: readonly ReportedTiming[], parent: TimeWindow): PlacedTiming[] {
  let cursor = BigInt(parent.start);
  return timings.map((timing) => {
    const { window, basis } = placeOne(timing, cursor, parent);
    const placed = clampWindow(window, parent);
    if (basis !== 'execution_window') cursor = later(cursor, BigInt(placed.window.end));
    return { ...placed, basis };
  });
}

function placeOne(
  { basis, duration, window }: ReportedTiming,
  cursor: bigint,
  parent: TimeWindow,
): Omit<PlacedTiming, 'clamped'> {
  if (window !== undefined) return { window, basis };
  if (duration === undefined || basis === 'execution_window') return { window: parent, basis: 'execution_window' };
  const derived = { start: cursor.toString(), end: (cursor + BigInt(duration)).toString() };
  const claimsStart = basis === 'measured' || basis === 'observed_events';
  return { window: derived, basis: claimsStart ? 'engine_duration' : basis };
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

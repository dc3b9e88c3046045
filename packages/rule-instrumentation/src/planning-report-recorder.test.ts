import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type EngineReport, type PhaseReport, type ReportScope, SpanBudget, toHrTime } from '@planscope/plan';
import { testPlanningContext } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import type { PlanningTraceOptions } from './planning-options.ts';
import { planningReportRecorder } from './planning-report-recorder.ts';

const epoch = 1_795_223_712_000_000_000n;
const at = (nanoseconds: number): string => (epoch + BigInt(nanoseconds)).toString();
const lasting = (duration: number) => ({ basis: 'engine_duration', duration: String(duration) }) as const;

const planning: readonly PhaseReport[] = [
  {
    phase: 'analyze_logical_plan',
    step: 'planner',
    timing: lasting(1000),
    rules: [],
    planAfter: "FILTER: name = 'Ada'",
  },
  {
    phase: 'optimize_logical_plan',
    step: 'all_optimizers',
    timing: lasting(3000),
    rules: [
      { name: 'filter_pushdown', timing: lasting(2000), changed: true },
      { name: 'limit_pushdown', timing: lasting(500), changed: false },
      {
        name: 'join_order',
        timing: lasting(400),
        planBefore: "JOIN\n  a = 'Ada'\n  b",
        planAfter: "JOIN\n  b\n  a = 'Ada'",
        planBasis: 'ablation',
      },
    ],
    planBefore: "FILTER: name = 'Ada'\n  SCAN",
    planAfter: "SCAN: name = 'Ada'",
  },
  {
    phase: 'create_physical_plan',
    step: 'physical_planner',
    timing: lasting(500),
    rules: [],
    planBefore: "SCAN: name = 'Ada'",
    planAfter: "TABLE_SCAN: name = 'Ada'",
  },
];

const report: EngineReport = {
  version: 2,
  engine: { name: 'toy', version: '1' },
  status: 'ok',
  window: { start: at(100), end: at(10_000) },
  planning,
};

interface Drawn {
  readonly recorder: SpanRecorder;
  readonly scope: ReportScope & { readonly warnings: readonly { readonly code: string }[] };
  tree(...attributes: string[]): string;
  /** Each span's name, start and end in nanoseconds since the epoch of this test. */
  times(): string[];
}

function draw(
  options: PlanningTraceOptions = {},
  drawn: EngineReport = report,
  window = { start: at(0), end: at(20_000) },
  budget = new SpanBudget(),
): Drawn {
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  const parent = tracerProvider.getTracer('test').startSpan('query', { startTime: toHrTime(window.start) });
  const { run, warn, warnings } = testPlanningContext();
  const place = { otelContext: trace.setSpan(ROOT_CONTEXT, parent), window };
  const scope = { place, stages: new Map(), operators: new Map(), run, budget, warn, warnings };
  planningReportRecorder({ tracerProvider, ...options })(drawn, scope);
  parent.end(toHrTime(window.end));
  const nanoseconds = ([seconds, rest]: readonly [number, number]): bigint =>
    BigInt(seconds) * 10n ** 9n + BigInt(rest) - epoch;
  return {
    recorder,
    scope,
    tree: (...attributes) => renderSpanTree(recorder.spans(), { attributes }),
    times: () =>
      recorder
        .spans()
        .filter((span) => span.name !== 'query')
        .map((span) => `${span.name} ${nanoseconds(span.startTime)}–${nanoseconds(span.endTime)}`),
  };
}

/** Checks the invariants of the spans of this package, without the root span of the test. */
function assertInvariants({ recorder }: Drawn): void {
  const spans = recorder.spans().filter((span) => span.name !== 'query');
  assertTraceInvariants(spans, { secrets: ['Ada'] });
}

describe('a reported planner', () => {
  it('has the same spans as a live planner, with the basis of their times', () => {
    const drawn = draw();
    expect(
      drawn.tree('planscope.planner', 'planscope.planning.step', 'datafusion.effective_rules'),
    ).toMatchInlineSnapshot(`
      "query
        analyze_logical_plan ~engine_duration planscope.planner=toy planscope.planning.step=planner
        optimize_logical_plan ~engine_duration datafusion.effective_rules=["filter_pushdown","join_order"] planscope.planner=toy planscope.planning.step=all_optimizers
          filter_pushdown (modified) ~engine_duration planscope.planner=toy
          limit_pushdown ~engine_duration planscope.planner=toy
          join_order (modified) ~engine_duration planscope.planner=toy
        create_physical_plan ~engine_duration planscope.planner=toy planscope.planning.step=physical_planner"
    `);
    expect(drawn.times()).toMatchInlineSnapshot(`
      [
        "analyze_logical_plan 100–1100",
        "filter_pushdown (modified) 1100–3100",
        "limit_pushdown 3100–3600",
        "join_order (modified) 3600–4000",
        "optimize_logical_plan 1100–4100",
        "create_physical_plan 4100–4600",
      ]
    `);
    assertInvariants(drawn);
  });

  it('has plans and diffs with their basis, and literals replaced', () => {
    expect(
      draw().tree(
        'datafusion.plan_diff',
        'planscope.plan_diff.basis',
        'datafusion.logical_plan',
        'datafusion.physical_plan',
      ),
    ).toMatchInlineSnapshot(`
      "query
        analyze_logical_plan ~engine_duration datafusion.logical_plan="FILTER: name = ?1"
        optimize_logical_plan ~engine_duration datafusion.plan_diff="@@ -1,2 +1,1 @@\\n-FILTER: name = ?1\\n-  SCAN\\n+SCAN: name = ?1" planscope.plan_diff.basis=reported
          filter_pushdown (modified) ~engine_duration planscope.plan_diff.basis=unavailable
          limit_pushdown ~engine_duration
          join_order (modified) ~engine_duration datafusion.plan_diff="@@ -1,3 +1,3 @@\\n JOIN\\n-  a = ?1\\n   b\\n+  a = ?1" planscope.plan_diff.basis=ablation
        create_physical_plan ~engine_duration datafusion.logical_plan="SCAN: name = ?1" datafusion.physical_plan="TABLE_SCAN: name = ?1""
    `);
  });

  it('records why a requested diff of a rule is missing', () => {
    const asked = ['planscope.plan_diff.basis', 'planscope.plan_diff.unavailable_reason', 'datafusion.effective_rules'];
    const rules = [{ name: 'join_order', timing: lasting(400), plansUnavailable: 'the time was up' }];
    const silent = { ...report, planning: [{ phase: 'optimize_logical_plan', timing: lasting(3000), rules } as const] };
    const drawn = draw({}, silent);
    expect(drawn.tree(...asked)).toMatchInlineSnapshot(`
      "query
        optimize_logical_plan ~engine_duration
          join_order ~engine_duration planscope.plan_diff.basis=unavailable planscope.plan_diff.unavailable_reason="the time was up""
    `);
    expect(draw({ planDiff: false }, silent).tree(...asked)).not.toContain('the time was up');
    assertInvariants(drawn);
  });

  it.each([
    [{ mode: 'phase-only' } as const, ['optimize_logical_plan', 'create_physical_plan', 'analyze_logical_plan']],
    [{ mode: 'disabled' } as const, []],
    [{ analyzer: 'disabled', physical: 'disabled', optimizer: 'phase-only' } as const, ['optimize_logical_plan']],
  ])('draws only the spans of %j, at unchanged times', (options, names) => {
    const drawn = draw(options);
    const phases = drawn.times();
    expect(phases.map((line) => line.split(' ')[0]).toSorted()).toEqual(names.toSorted());
    if (names.length > 0) expect(phases).toContain('optimize_logical_plan 1100–4100');
  });

  it('is drawn without the phases and rules that are disabled by name', () => {
    const off = ['optimize_logical_plan', 'limit_pushdown', 'analyze_logical_plan'];
    const { tree } = draw({ isEnabled: (_kind, name) => !off.includes(name) });
    expect(tree()).toMatchInlineSnapshot(`
      "query
        filter_pushdown (modified) ~engine_duration
        join_order (modified) ~engine_duration
        create_physical_plan ~engine_duration"
    `);
  });

  it('has no diffs if they are disabled', () => {
    const spans = draw({ planDiff: false }).recorder.spans();
    expect(spans.filter((span) => 'datafusion.plan_diff' in span.attributes)).toEqual([]);
    expect(spans.filter((span) => 'planscope.plan_diff.basis' in span.attributes)).toEqual([]);
  });

  it('has the given name', () => {
    expect(draw({ planner: 'mine' }).tree('planscope.planner')).toContain('planscope.planner=mine');
  });

  it('records nothing about a rule that the engine did not report', () => {
    const rules = [{ name: 'unknown', timing: lasting(1) }];
    const drawn = draw({}, { ...report, planning: [{ phase: 'optimize_logical_plan', timing: lasting(10), rules }] });
    expect(drawn.tree('datafusion.effective_rules', 'planscope.plan_diff.basis')).toBe(
      'query\n  optimize_logical_plan ~engine_duration\n    unknown ~engine_duration',
    );
  });

  it('draws nothing of a report without planning', () => {
    const { planning: _, ...rest } = report;
    expect(draw({}, rest).times()).toEqual([]);
  });
});

describe('reported times', () => {
  it('stay within their parent; clamped times are marked and keep the reported value', () => {
    const drawn = draw({}, report, { start: at(0), end: at(2000) });
    expect(drawn.times()).toMatchInlineSnapshot(`
      [
        "analyze_logical_plan 100–1100",
        "filter_pushdown (modified) 1100–2000",
        "limit_pushdown 2000–2000",
        "join_order (modified) 2000–2000",
        "optimize_logical_plan 1100–2000",
        "create_physical_plan 2000–2000",
      ]
    `);
    const cut = drawn.recorder.spans().filter((span) => span.attributes['planscope.timing.clamped'] === true);
    expect(cut.map((span) => [span.name, span.attributes['planscope.timing.reported_duration']])).toEqual([
      ['filter_pushdown (modified)', 2000],
      ['limit_pushdown', 500],
      ['join_order (modified)', 400],
      ['optimize_logical_plan', 3000],
      ['create_physical_plan', 500],
    ]);
    assertInvariants(drawn);
  });

  it('that were measured are not moved', () => {
    const window = { start: at(5000), end: at(6000) };
    const timing = { basis: 'measured', window } as const;
    const rules = [{ name: 'rule', timing: { basis: 'execution_window' } as const }];
    const drawn = draw({}, { ...report, planning: [{ phase: 'optimize_physical_plan', timing, rules }] });
    expect(drawn.times()).toEqual(['rule 5000–6000', 'optimize_physical_plan 5000–6000']);
    expect(drawn.tree()).toBe('query\n  optimize_physical_plan\n    rule ~execution_window');
  });
});

describe('drawing', () => {
  it('uses the span budget', () => {
    const budget = new SpanBudget(2);
    const drawn = draw({}, report, undefined, budget);
    expect(drawn.times()).toHaveLength(2);
    expect(budget.dropped).toBe(4);
  });

  it('that fails raises a warning and leaves no span open', () => {
    const timing = { basis: 'engine_duration', duration: 'long' } as const;
    const rules = [{ name: 'rule', timing }];
    const drawn = draw({}, { ...report, planning: [{ phase: 'optimize_logical_plan', timing: lasting(5), rules }] });
    expect(drawn.scope.warnings.map((warning) => warning.code)).toEqual(['planning-trace-failed']);
    expect(drawn.recorder.openSpans()).toBe(0);
  });
});

describe('a step before planning', () => {
  const queued: EngineReport = {
    ...report,
    queue: [
      { phase: 'queued', step: 'queuedTime', timing: lasting(300) },
      { phase: 'waiting', step: 'resourceWaitingTime', timing: lasting(200) },
      { phase: 'dispatching', timing: { basis: 'measured', window: { start: at(700), end: at(750) } } },
    ],
    planning: [{ phase: 'analyze_logical_plan', timing: lasting(1000), rules: [] }],
  };

  it('is a sibling of the phases, before the first', () => {
    const drawn = draw({}, queued);
    expect(drawn.tree('planscope.planning.step', 'planscope.planner')).toMatchInlineSnapshot(`
      "query
        queued ~engine_duration planscope.planning.step=queuedTime
        waiting ~engine_duration planscope.planning.step=resourceWaitingTime
        dispatching
        analyze_logical_plan ~engine_duration planscope.planner=toy"
    `);
    expect(drawn.times()).toMatchInlineSnapshot(`
      [
        "queued 100–400",
        "waiting 400–600",
        "dispatching 700–750",
        "analyze_logical_plan 750–1750",
      ]
    `);
    assertInvariants(drawn);
  });

  it('is not drawn if planning or its own span is disabled, and the other spans do not move', () => {
    expect(draw({ mode: 'disabled' }, queued).times()).toEqual([]);
    const filtered = draw({ isEnabled: (_, name) => name !== 'queued' }, queued);
    expect(filtered.times()).toEqual(['waiting 400–600', 'dispatching 700–750', 'analyze_logical_plan 750–1750']);
  });

  it('counts against the budget', () => {
    const drawn = draw({}, queued, undefined, new SpanBudget(2));
    expect(drawn.times()).toHaveLength(2);
    expect(drawn.scope.budget.dropped).toBe(2);
  });
});

describe('a rule that an engine called many times', () => {
  it('has the number of calls, and is modified only if a call changed the plan', () => {
    const rules: PhaseReport['rules'] = [
      { name: 'push_limit', timing: lasting(10), invocations: 12, applied: 2 },
      { name: 'prune_columns', timing: lasting(20), invocations: 40, applied: 0 },
      { name: 'merge_filters', timing: lasting(5), invocations: 7 },
      { name: 'never_called', timing: lasting(0), invocations: 0, applied: 0, changed: false },
    ];
    const drawn = draw({}, { ...report, planning: [{ phase: 'optimize_logical_plan', timing: lasting(100), rules }] });
    expect(drawn.tree('planscope.rule.*', 'datafusion.effective_rules')).toMatchInlineSnapshot(`
      "query
        optimize_logical_plan ~engine_duration
          push_limit (modified) ~engine_duration planscope.rule.applied=2 planscope.rule.invocations=12 planscope.rule.name=push_limit
          prune_columns ~engine_duration planscope.rule.applied=0 planscope.rule.invocations=40 planscope.rule.name=prune_columns
          merge_filters ~engine_duration planscope.rule.invocations=7 planscope.rule.name=merge_filters
          never_called ~engine_duration planscope.rule.applied=0 planscope.rule.invocations=0 planscope.rule.name=never_called"
    `);
    assertInvariants(drawn);
  });
});

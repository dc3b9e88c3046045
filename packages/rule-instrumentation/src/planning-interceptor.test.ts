import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  type ExecutionPlan,
  type LogicalPlan,
  type PlanningInterceptor,
  planQuery,
  type Rule,
  type RunWarning,
  SpanBudget,
} from '@planscope/plan';
import { logicalNode, testPlanningContext, UnionExec } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { fail, keep, query, rewrite, secret, session, traced, under } from '../test/planning-fixture.ts';
import { instrumentSession, planningInterceptor } from './planning-interceptor.ts';
import { PlanningOptionsError } from './planning-options.ts';

const sort = 'Sort: delay';

const changing = session({
  analyzerRules: [rewrite('resolve_names', 'Scan: flights', 'Scan: main.flights')],
  optimizerRules: [
    rewrite('drop_sort', 'Sort: delay, id', 'Limit: 5'),
    rewrite('widen', sort, 'Sort: delay, id'),
    keep('idle'),
  ],
  physicalOptimizerRules: [{ name: 'wrap', apply: (plan) => new UnionExec([plan], 'Wrap') }],
});

describe('the tree of spans', () => {
  it('when no rule changes anything', async () => {
    const attributes = ['datafusion.optimizer.*', 'datafusion.effective_rules', 'datafusion.plan_diff'];
    expect((await traced(session(), { attributes })).tree).toMatchInlineSnapshot(`
      "analyze_logical_plan
        resolve_names
      optimize_logical_plan datafusion.optimizer.max_passes=3 datafusion.optimizer.pass=1
        push_limit datafusion.optimizer.pass=1
        prune_columns datafusion.optimizer.pass=1
      create_physical_plan
      optimize_physical_plan
        coalesce"
    `);
  });

  it('when rules change the plan in several passes', async () => {
    const attributes = ['datafusion.optimizer.pass', 'datafusion.effective_rules'];
    expect((await traced(changing, { attributes })).tree).toMatchInlineSnapshot(`
      "analyze_logical_plan datafusion.effective_rules=["resolve_names"]
        resolve_names (modified)
      optimize_logical_plan datafusion.effective_rules=["widen"] datafusion.optimizer.pass=1
        drop_sort datafusion.optimizer.pass=1
        widen (modified) datafusion.optimizer.pass=1
        idle datafusion.optimizer.pass=1
      optimize_logical_plan datafusion.effective_rules=["drop_sort"] datafusion.optimizer.pass=2
        drop_sort (modified) datafusion.optimizer.pass=2
        widen datafusion.optimizer.pass=2
        idle datafusion.optimizer.pass=2
      optimize_logical_plan datafusion.optimizer.pass=3
        drop_sort datafusion.optimizer.pass=3
        widen datafusion.optimizer.pass=3
        idle datafusion.optimizer.pass=3
      create_physical_plan
      optimize_physical_plan datafusion.effective_rules=["wrap"]
        wrap (modified)"
    `);
  });

  it('when a rule throws, in each phase', async () => {
    const trees: Record<string, string> = {};
    for (const list of ['analyzerRules', 'optimizerRules', 'physicalOptimizerRules'] as const) {
      const error = new TypeError(secret);
      const rules = [keep('before'), fail('broken', error), keep('after')];
      const { tree, recorder, result } = await traced(session({ [list]: rules }));
      trees[list] = tree;
      expect(result).toMatchObject({ status: 'rejected', reason: error });
      expect(error.message).toBe(secret);
      assertTraceInvariants(recorder.spans(), { secrets: [secret] });
    }
    expect(trees).toMatchInlineSnapshot(`
      {
        "analyzerRules": "analyze_logical_plan !TypeError
        before
        broken !TypeError",
        "optimizerRules": "analyze_logical_plan
        resolve_names
      optimize_logical_plan !TypeError
        before
        broken !TypeError",
        "physicalOptimizerRules": "analyze_logical_plan
        resolve_names
      optimize_logical_plan
        push_limit
        prune_columns
      create_physical_plan
      optimize_physical_plan !TypeError
        before
        broken !TypeError",
      }
    `);
  });

  it('when the query planner throws', async () => {
    const queryPlanner = { createPhysicalPlan: () => Promise.reject(new RangeError(secret)) };
    const { tree, recorder } = await traced(session({ queryPlanner }), { attributes: ['datafusion.logical_plan'] });
    expect(tree).toMatchInlineSnapshot(`
      "analyze_logical_plan
        resolve_names
      optimize_logical_plan
        push_limit
        prune_columns
      create_physical_plan !RangeError datafusion.logical_plan="Sort: delay\\n  Filter: name = ?1\\n    Scan: flights""
    `);
    assertTraceInvariants(recorder.spans(), { secrets: [secret] });
  });

  it('when a rule with mayFail throws', async () => {
    const optimizerRules = [
      fail('optional', new TypeError(secret), { mayFail: true }),
      rewrite('widen', sort, 'Sort: id'),
    ];
    const { tree, recorder, result } = await traced(session({ optimizerRules, maxPasses: 1 }), {
      attributes: ['planscope.rule.may_fail', 'datafusion.effective_rules'],
    });
    expect(tree).toMatchInlineSnapshot(`
      "analyze_logical_plan
        resolve_names
      optimize_logical_plan datafusion.effective_rules=["widen"]
        optional !TypeError planscope.rule.may_fail=true
        widen (modified)
      create_physical_plan
      optimize_physical_plan
        coalesce"
    `);
    expect(result.status).toBe('fulfilled');
    assertTraceInvariants(recorder.spans(), { secrets: [secret] });
  });

  it('of phases only', async () => {
    const attributes = ['datafusion.optimizer.pass', 'datafusion.effective_rules', 'planscope.plan_diff.basis'];
    expect((await traced(changing, { mode: 'phase-only', attributes })).tree).toMatchInlineSnapshot(`
      "analyze_logical_plan datafusion.effective_rules=["resolve_names"] planscope.plan_diff.basis=observed
      optimize_logical_plan datafusion.effective_rules=["widen"] datafusion.optimizer.pass=1 planscope.plan_diff.basis=observed
      optimize_logical_plan datafusion.effective_rules=["drop_sort"] datafusion.optimizer.pass=2 planscope.plan_diff.basis=observed
      optimize_logical_plan datafusion.optimizer.pass=3
      create_physical_plan
      optimize_physical_plan datafusion.effective_rules=["wrap"] planscope.plan_diff.basis=observed"
    `);
  });

  it('of each phase alone', async () => {
    const trees: Record<string, string> = {};
    for (const phase of ['analyzer', 'optimizer', 'physical'] as const) {
      trees[phase] = (await traced(changing, { mode: 'disabled', [phase]: 'full' })).tree;
    }
    expect(trees).toMatchInlineSnapshot(`
      {
        "analyzer": "analyze_logical_plan
        resolve_names (modified)",
        "optimizer": "optimize_logical_plan
        drop_sort
        widen (modified)
        idle
      optimize_logical_plan
        drop_sort (modified)
        widen
        idle
      optimize_logical_plan
        drop_sort
        widen
        idle",
        "physical": "create_physical_plan
      optimize_physical_plan
        wrap (modified)",
      }
    `);
  });

  it('of a phase with another mode', async () => {
    expect((await traced(changing, { analyzer: 'phase-only', optimizer: 'disabled' })).tree).toMatchInlineSnapshot(`
      "analyze_logical_plan
      create_physical_plan
      optimize_physical_plan
        wrap (modified)"
    `);
  });

  it('without phases that are disabled by name: their rules get the span above the phase', async () => {
    const asked: string[] = [];
    const isEnabled = (kind: string, name: string): boolean => {
      asked.push(`${kind} ${name}`);
      return !['optimize_logical_plan', 'prune_columns', 'coalesce'].includes(name);
    };
    const { tree, recorder } = await traced(session({ maxPasses: 1 }), { isEnabled });
    expect(tree).toMatchInlineSnapshot(`
      "analyze_logical_plan
        resolve_names
      push_limit
      create_physical_plan
      optimize_physical_plan"
    `);
    expect(asked).toMatchInlineSnapshot(`
      [
        "phase analyze_logical_plan",
        "rule resolve_names",
        "phase optimize_logical_plan",
        "rule push_limit",
        "rule prune_columns",
        "phase create_physical_plan",
        "phase optimize_physical_plan",
        "rule coalesce",
      ]
    `);
    assertTraceInvariants(recorder.spans());
  });

  it('takes nothing from the budget for disabled spans', async () => {
    const budget = new SpanBudget(2);
    const isEnabled = (kind: string): boolean => kind === 'rule';
    const { tree } = await traced(session({ maxPasses: 1 }), { isEnabled, context: { budget } });
    expect(tree).toMatchInlineSnapshot(`
      "resolve_names
      push_limit"
    `);
    expect(budget.dropped).toBe(2);
  });

  it('is planned with a warning if isEnabled throws', async () => {
    const warnings: RunWarning[] = [];
    const isEnabled = (): boolean => {
      throw new TypeError(secret);
    };
    const context = { warn: (warning: RunWarning) => void warnings.push(warning) };
    const { tree, result } = await traced(session(), { isEnabled, context });
    expect(tree).toBe('');
    expect(result.status).toBe('fulfilled');
    expect(warnings).toEqual([{ code: 'planning-trace-failed', message: expect.stringContaining('TypeError') }]);
  });

  it('is planned even if the sink for warnings throws', async () => {
    const failing = (): never => {
      throw new TypeError(secret);
    };
    const { tree, result } = await traced(session(), { isEnabled: failing, context: { warn: failing } });
    expect(tree).toBe('');
    expect(result.status).toBe('fulfilled');
  });

  it('has the name of the planner', async () => {
    const attributes = ['planscope.planner'];
    const ours = await traced(session(), { mode: 'phase-only', attributes });
    expect(ours.tree).toContain('analyze_logical_plan planscope.planner=spec');
    const theirs = await traced(session(), { planner: 'toy', attributes });
    expect(theirs.recorder.spans().every((span) => span.attributes['planscope.planner'] === 'toy')).toBe(true);
  });
});

describe('a trace fulfills the invariants and contains no secrets', () => {
  it.each([session(), changing])('%#', async (state) => {
    const { recorder } = await traced(state);
    assertTraceInvariants(recorder.spans(), { secrets: [secret] });
  });
});

describe('asynchronous rules', () => {
  it('keep their span open until they finish', async () => {
    const slow: Rule<LogicalPlan> = {
      name: 'slow',
      apply: async (plan) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return logicalNode('Limit', '5', [plan]);
      },
    };
    const { tree, recorder } = await traced(session({ analyzerRules: [slow] }), { mode: 'disabled', analyzer: 'full' });
    expect(tree).toBe('analyze_logical_plan\n  slow (modified)');
    const [seconds, nanoseconds] = recorder.spans()[0]?.duration ?? [0, 0];
    expect(seconds * 1000 + nanoseconds / 1_000_000).toBeGreaterThan(15);
  });

  it('that reject are recorded like those that throw', async () => {
    const reject: Rule<LogicalPlan> = { name: 'reject', apply: () => Promise.reject(new TypeError(secret)) };
    const { tree } = await traced(session({ analyzerRules: [reject] }));
    expect(tree).toBe('analyze_logical_plan !TypeError\n  reject !TypeError');
  });
});

describe('consecutive, nested and concurrent queries', () => {
  it('start at pass 1 under their own parent after a rule has thrown', async () => {
    let calls = 0;
    const onceBroken: Rule<LogicalPlan> = {
      name: 'once_broken',
      apply: (plan) => {
        calls += 1;
        if (calls === 2) throw new Error('second pass');
        return logicalNode('Limit', String(calls), [plan]);
      },
    };
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const state = instrumentSession(session({ optimizerRules: [onceBroken], maxPasses: 2 }), { tracerProvider });
    for (const name of ['first', 'second']) {
      const parent = under(recorder, name);
      await planQuery(state, query, testPlanningContext({ otelContext: parent.otelContext })).catch(() => {});
      parent.end();
    }
    expect(recorder.openSpans()).toBe(0);
    const attributes = ['datafusion.optimizer.pass'];
    expect(renderSpanTree(recorder.spans(), { attributes })).toMatchInlineSnapshot(`
      "first
        analyze_logical_plan
          resolve_names
        optimize_logical_plan datafusion.optimizer.pass=1
          once_broken (modified) datafusion.optimizer.pass=1
        optimize_logical_plan !Error datafusion.optimizer.pass=2
          once_broken !Error datafusion.optimizer.pass=2
      second
        analyze_logical_plan
          resolve_names
        optimize_logical_plan datafusion.optimizer.pass=1
          once_broken (modified) datafusion.optimizer.pass=1
        optimize_logical_plan datafusion.optimizer.pass=2
          once_broken (modified) datafusion.optimizer.pass=2
        create_physical_plan
        optimize_physical_plan
          coalesce"
    `);
  });

  it('are nested if a rule plans a subquery', async () => {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const inner = instrumentSession(session({ optimizerRules: [] }), { tracerProvider, planner: 'inner' });
    const subquery: Rule<LogicalPlan> = {
      name: 'plan_subquery',
      apply: async (plan, context) => {
        await planQuery(inner, logicalNode('Scan', 'airports'), context);
        return plan;
      },
    };
    const outer = instrumentSession(session({ analyzerRules: [subquery], optimizerRules: [] }), { tracerProvider });
    await planQuery(outer, query, testPlanningContext());
    expect(renderSpanTree(recorder.spans(), { attributes: ['planscope.planner'] })).toMatchInlineSnapshot(`
      "analyze_logical_plan planscope.planner=spec
        plan_subquery planscope.planner=spec
          analyze_logical_plan planscope.planner=inner
            resolve_names planscope.planner=inner
          optimize_logical_plan planscope.planner=inner
          create_physical_plan planscope.planner=inner
          optimize_physical_plan planscope.planner=inner
            coalesce planscope.planner=inner
      optimize_logical_plan planscope.planner=spec
      create_physical_plan planscope.planner=spec
      optimize_physical_plan planscope.planner=spec
        coalesce planscope.planner=spec"
    `);
    assertTraceInvariants(recorder.spans());
  });

  it('are never mixed up when they are planned concurrently', async () => {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const yielding: Rule<LogicalPlan> = {
      name: 'yielding',
      apply: async (plan) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
        return plan.name === 'Odd' ? logicalNode('Even', '', plan.children) : plan;
      },
    };
    const state = instrumentSession(
      session({ analyzerRules: [{ ...yielding, name: 'first' }], optimizerRules: [yielding] }),
      { tracerProvider },
    );
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const parent = under(recorder, `query ${index}`);
        const plan = logicalNode(index % 2 === 1 ? 'Odd' : 'Even', '', [query]);
        await planQuery(state, plan, testPlanningContext({ otelContext: parent.otelContext }));
        parent.end();
      }),
    );
    const trees = renderSpanTree(recorder.spans())
      .split(/\n(?=query)/)
      .map((tree) => tree.replace(/query \d+/, 'query'));
    expect(trees).toHaveLength(20);
    const kinds = [...new Set(trees)].map((tree) => [tree, trees.filter((other) => other === tree).length]);
    expect(kinds).toMatchInlineSnapshot(`
      [
        [
          "query
        analyze_logical_plan
          first
        optimize_logical_plan
          yielding
        create_physical_plan
        optimize_physical_plan
          coalesce",
          10,
        ],
        [
          "query
        analyze_logical_plan
          first (modified)
        optimize_logical_plan
          yielding
        create_physical_plan
        optimize_physical_plan
          coalesce",
          10,
        ],
      ]
    `);
  });
});

describe('the active context', () => {
  it('is that of the rule', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const recorder = createSpanRecorder();
      const { tracerProvider } = recorder;
      const seen: boolean[] = [];
      const look: Rule<ExecutionPlan> = {
        name: 'look',
        apply: async (plan, { otelContext }) => {
          await Promise.resolve();
          seen.push(trace.getSpan(context.active()) === trace.getSpan(otelContext));
          return plan;
        },
      };
      const state = instrumentSession(session({ physicalOptimizerRules: [look] }), { tracerProvider });
      await planQuery(state, query, testPlanningContext());
      expect(seen).toEqual([true]);
      expect(trace.getSpan(context.active())).toBeUndefined();
    } finally {
      context.disable();
    }
  });
});

const passOn: PlanningInterceptor = (next) => next;

describe('instrumentSession', () => {
  it('does not change the given session', () => {
    const state = session();
    expect(instrumentSession(state)).not.toBe(state);
    expect(state.interceptors).toBeUndefined();
  });

  it('wraps nothing when every phase is disabled', () => {
    const state = session();
    expect(instrumentSession(state, { mode: 'disabled' })).toBe(state);
    const other = { ...state, interceptors: [passOn] };
    expect(instrumentSession(instrumentSession(other), { mode: 'disabled' }).interceptors).toEqual(other.interceptors);
  });

  it('traces only once when called twice, with the options of the second call', async () => {
    const { tracerProvider, spans } = createSpanRecorder();
    const twice = instrumentSession(instrumentSession(session(), { tracerProvider }), {
      tracerProvider,
      mode: 'phase-only',
    });
    await planQuery(twice, query, testPlanningContext());
    expect(renderSpanTree(spans())).toBe(
      'analyze_logical_plan\noptimize_logical_plan\ncreate_physical_plan\noptimize_physical_plan',
    );
  });

  it('replaces an interceptor that was added manually', () => {
    const { interceptors } = instrumentSession(session({ interceptors: [planningInterceptor(), passOn] }));
    expect(interceptors).toHaveLength(2);
    expect(interceptors?.indexOf(passOn)).toBe(1);
  });

  it('is outside of the other interceptors', () => {
    expect(instrumentSession(session({ interceptors: [passOn] })).interceptors?.indexOf(passOn)).toBe(1);
  });
});

describe('options', () => {
  it.each([
    [{ mode: 'all' }, 'option mode is "all"; should be one of "disabled", "phase-only", "full"'],
    [{ physical: true }, 'option physical is true; should be one of'],
    [{ planDiff: 'yes' }, 'option planDiff is "yes"; should be one of true, false'],
    [{ maxTextBytes: -1 }, 'option maxTextBytes is -1; should be a whole number of bytes from 0 up'],
    [
      { redaction: { planLiterals: 'off' } },
      'option redaction.planLiterals is "off"; should be one of "redact", "keep"',
    ],
  ])('%j is refused', (options, message) => {
    const instrument = (): unknown => instrumentSession(session(), options as never);
    expect(instrument).toThrow(`[planscope/rule-instrumentation] ${message}`);
    expect(instrument).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('throw errors that every copy of the package recognizes', () => {
    const marker = Symbol.for('planscope.rule-instrumentation.options-error');
    expect(PlanningOptionsError.isInstance(new PlanningOptionsError('a', 1, 'b'))).toBe(true);
    expect(PlanningOptionsError.isInstance(Object.assign(new Error('x'), { [marker]: true }))).toBe(true);
    expect(PlanningOptionsError.isInstance(new Error('x'))).toBe(false);
  });
});

import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { logicalNode, testPlanningContext, UnionExec, ValuesExec } from '../testing/index.ts';
import { planQuery } from './plan-query.ts';
import { planStatement } from './plan-statement.ts';
import type { PlanningCall, PlanningInterceptor, PlanningOutcome, Rule, SessionState } from './session-state.ts';

const scan = logicalNode('Scan', 'flights');

function session(parts: Partial<SessionState> = {}): SessionState {
  return {
    analyzerRules: [],
    optimizerRules: [],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => new ValuesExec([[]]) },
    ...parts,
  };
}

/** A rule that renames nodes; it changes the plan as long as a node has the old name. */
function rename<Plan extends LogicalPlan>(from: string, to: string, more: Partial<Rule<LogicalPlan>> = {}): Rule<Plan> {
  const apply = (plan: LogicalPlan): LogicalPlan => (plan.name === from ? logicalNode(to, '', plan.children) : plan);
  return { name: `${from}→${to}`, apply, ...more } as Rule<Plan>;
}

/** An interceptor that records each call and its result. */
function diary(): { interceptor: PlanningInterceptor; lines: string[] } {
  const lines: string[] = [];
  const title = (call: PlanningCall): string =>
    [call.kind === 'rule' ? `  ${call.rule}` : call.phase, call.pass].filter((part) => part !== undefined).join(' ');
  const interceptor: PlanningInterceptor = (next) => async (call) => {
    const index = lines.push(title(call)) - 1;
    try {
      const outcome = await next(call);
      lines[index] += `: ${call.plan.name} ${outcome.changed ? '→' : '='} ${outcome.plan.name}`;
      if (call.kind === 'phase') lines[index] += ` [${outcome.effectiveRules}]`;
      return outcome;
    } catch (error) {
      lines[index] += `: threw ${String(error)}`;
      throw error;
    }
  };
  return { interceptor, lines };
}

async function written(state: SessionState, plan = scan, context = testPlanningContext()): Promise<string> {
  const { interceptor, lines } = diary();
  const interceptors = [...(state.interceptors ?? []), interceptor];
  await planQuery({ ...state, interceptors }, plan, context).catch(() => {});
  return lines.join('\n');
}

describe('the order of planning', () => {
  it('runs every phase once when there is nothing to change', async () => {
    expect(await written(session({ optimizerRules: [rename('X', 'Y')] }))).toMatchInlineSnapshot(`
      "analyze_logical_plan: Scan = Scan []
      optimize_logical_plan 1: Scan = Scan []
        X→Y 1: Scan = Scan
      create_physical_plan: Scan → ValuesExec []
      optimize_physical_plan: ValuesExec = ValuesExec []"
    `);
  });

  it('optimizes in passes until one changes nothing, and returns the effective rules', async () => {
    const optimizerRules = [rename('B', 'C'), rename('A', 'B'), rename('Scan', 'A')];
    expect(
      await written(session({ optimizerRules, maxPasses: 9, analyzerRules: [rename('X', 'Y')] })),
    ).toMatchInlineSnapshot(`
        "analyze_logical_plan: Scan = Scan []
          X→Y: Scan = Scan
        optimize_logical_plan 1: Scan → A [Scan→A]
          B→C 1: Scan = Scan
          A→B 1: Scan = Scan
          Scan→A 1: Scan → A
        optimize_logical_plan 2: A → B [A→B]
          B→C 2: A = A
          A→B 2: A → B
          Scan→A 2: B = B
        optimize_logical_plan 3: B → C [B→C]
          B→C 3: B → C
          A→B 3: C = C
          Scan→A 3: C = C
        optimize_logical_plan 4: C = C []
          B→C 4: C = C
          A→B 4: C = C
          Scan→A 4: C = C
        create_physical_plan: C → ValuesExec []
        optimize_physical_plan: ValuesExec = ValuesExec []"
      `);
  });

  it('stops after maxPasses, by default three', async () => {
    let count = 0;
    const restless: Rule<LogicalPlan> = { name: 'restless', apply: () => logicalNode('Scan', String(count++)) };
    const passes = async (parts: Partial<SessionState>): Promise<number> => {
      count = 0;
      await planQuery(session({ optimizerRules: [restless], ...parts }), scan, testPlanningContext());
      return count;
    };
    expect(await passes({})).toBe(3);
    expect(await passes({ maxPasses: 1 })).toBe(1);
  });

  it('treats rules that undo each other as no change of the pass', async () => {
    const text = await written(
      session({ optimizerRules: [rename('Scan', 'A'), rename('A', 'Scan', { name: 'back' })] }),
    );
    expect(text).toContain('optimize_logical_plan 1: Scan → Scan [Scan→A,back]');
  });

  it('returns the physical plan and the logical plan from which it was created', async () => {
    const made: LogicalPlan[] = [];
    const physical: Rule<ExecutionPlan> = { name: 'wrap', apply: (plan) => new UnionExec([plan]) };
    const state = session({
      optimizerRules: [rename('Scan', 'Better')],
      physicalOptimizerRules: [physical],
      queryPlanner: {
        createPhysicalPlan: async (plan) => {
          made.push(plan);
          return new ValuesExec([[]]);
        },
      },
    });
    const { plan, logicalPlan } = await planQuery(state, scan, testPlanningContext());
    expect(logicalPlan.name).toBe('Better');
    expect(made).toEqual([logicalPlan]);
    expect(plan.name).toBe('UnionExec');
    expect(plan.children[0]?.name).toBe('ValuesExec');
  });
});

describe('a change', () => {
  it('is in structure or description, not in identity; the returned plan is used in any case', async () => {
    const copy = logicalNode('Scan', 'flights');
    const text = session({ optimizerRules: [{ name: 'copy', apply: () => copy }] });
    expect(await written(text)).toContain('copy 1: Scan = Scan');
    expect((await planQuery(text, scan, testPlanningContext())).logicalPlan).toBe(copy);
  });
});

describe('interceptors', () => {
  it('are called outermost first, around phases and rules', async () => {
    const order: string[] = [];
    const named =
      (name: string): PlanningInterceptor =>
      (next) =>
      (call) => {
        if (call.phase === 'analyze_logical_plan') order.push(`${name} ${call.kind}`);
        return next(call);
      };
    const state = session({ analyzerRules: [rename('X', 'Y')], interceptors: [named('outer'), named('inner')] });
    await planQuery(state, scan, testPlanningContext());
    expect(order).toEqual(['outer phase', 'inner phase', 'outer rule', 'inner rule']);
  });

  it('pass a context on: from the phase to its rules, from the rule to what it calls', async () => {
    const key = createContextKey('trail');
    const seen: unknown[] = [];
    const trail: PlanningInterceptor = (next) => (call) => {
      const { otelContext } = call.context;
      const step = [...((otelContext.getValue(key) as string[]) ?? []), call.kind === 'rule' ? call.rule : call.phase];
      return next({ ...call, context: { ...call.context, otelContext: otelContext.setValue(key, step) } });
    };
    const look: Rule<LogicalPlan> = {
      name: 'look',
      apply: (plan, context) => {
        seen.push(context.otelContext.getValue(key));
        return plan;
      },
    };
    const state = session({ analyzerRules: [look], interceptors: [trail] });
    await planQuery(state, scan, testPlanningContext({ otelContext: ROOT_CONTEXT }));
    expect(seen).toEqual([['analyze_logical_plan', 'look']]);
  });

  it('may return another outcome', async () => {
    const other = logicalNode('Other');
    const swap: PlanningInterceptor =
      (next) =>
      async (call): Promise<PlanningOutcome> => {
        const outcome = await next(call);
        return call.kind === 'phase' && call.phase === 'analyze_logical_plan' ? { ...outcome, plan: other } : outcome;
      };
    const { logicalPlan } = await planQuery(session({ interceptors: [swap] }), scan, testPlanningContext());
    expect(logicalPlan).toBe(other);
  });
});

describe('rules that fail', () => {
  const failure = new TypeError("no column 'secret'");
  const broken: Rule<LogicalPlan> = {
    name: 'broken',
    apply: () => {
      throw failure;
    },
  };

  it.each(['analyzerRules', 'optimizerRules', 'physicalOptimizerRules'] as const)(
    'end planning with their own error, in %s',
    async (list) => {
      const state = session({ [list]: [broken] });
      await expect(planQuery(state, scan, testPlanningContext())).rejects.toBe(failure);
    },
  );

  it('raise a warning with mayFail, and the phase continues with the plan before them', async () => {
    const context = testPlanningContext();
    const optimizerRules = [rename('Scan', 'A'), { ...broken, mayFail: true }, rename('A', 'B')];
    expect(await written(session({ optimizerRules, maxPasses: 1 }), scan, context)).toMatchInlineSnapshot(`
      "analyze_logical_plan: Scan = Scan []
      optimize_logical_plan 1: Scan → B [Scan→A,A→B]
        Scan→A 1: Scan → A
        broken 1: threw TypeError: no column 'secret'
        A→B 1: A → B
      create_physical_plan: B → ValuesExec []
      optimize_physical_plan: ValuesExec = ValuesExec []"
    `);
    expect(context.warnings).toEqual([
      { code: 'rule-failed', message: 'rule "broken" of optimize_logical_plan failed with TypeError and was left out' },
    ]);
  });

  it('also fail if they return no plan, with an error that names them', async () => {
    const forgetful = { name: 'forgetful', apply: () => undefined } as unknown as Rule<LogicalPlan>;
    await expect(planQuery(session({ analyzerRules: [forgetful] }), scan, testPlanningContext())).rejects.toThrow(
      'rule "forgetful" of analyze_logical_plan returned undefined; should be a plan, the given one if unchanged',
    );
    const logical = { name: 'logical', apply: () => scan } as unknown as Rule<ExecutionPlan>;
    await expect(
      planQuery(session({ physicalOptimizerRules: [logical] }), scan, testPlanningContext()),
    ).rejects.toThrow('rule "logical" of optimize_physical_plan returned the logical node "Scan"');
  });

  it('do not change an error of the query planner', async () => {
    const queryPlanner = { createPhysicalPlan: () => Promise.reject(failure) };
    await expect(planQuery(session({ queryPlanner }), scan, testPlanningContext())).rejects.toBe(failure);
  });
});

describe('an abort', () => {
  it('stops before the next rule with the reason of the signal, even with mayFail', async () => {
    const controller = new AbortController();
    const ran: string[] = [];
    const rule = (name: string, act: () => void = () => {}): Rule<LogicalPlan> => ({
      name,
      mayFail: true,
      apply: async (plan) => {
        ran.push(name);
        act();
        return plan;
      },
    });
    const state = session({ optimizerRules: [rule('one', () => controller.abort('enough')), rule('two')] });
    const { signal } = controller;
    await expect(planQuery(state, scan, testPlanningContext({ signal }))).rejects.toBe('enough');
    expect(ran).toEqual(['one']);
  });

  it('before planning runs nothing', async () => {
    const { interceptor, lines } = diary();
    const context = testPlanningContext({ signal: AbortSignal.abort('early') });
    await expect(planQuery(session({ interceptors: [interceptor] }), scan, context)).rejects.toBe('early');
    expect(lines).toEqual([]);
  });
});

describe('several queries', () => {
  it('can be planned concurrently', async () => {
    const slow: Rule<LogicalPlan> = {
      name: 'slow',
      apply: async (plan) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return plan;
      },
    };
    const state = session({
      optimizerRules: [slow, rename('Scan', 'A'), slow].map((rule, n) => ({ ...rule, name: `${n}` })),
    });
    const plans = Array.from({ length: 20 }, (_, n) =>
      logicalNode(n % 2 === 0 ? 'Scan' : 'View', '', [logicalNode(`${n}`)]),
    );
    const results = await Promise.all(plans.map((plan) => planQuery(state, plan, testPlanningContext())));
    for (const [n, { logicalPlan }] of results.entries()) {
      expect([logicalPlan.name, logicalPlan.children[0]?.name]).toEqual([n % 2 === 0 ? 'A' : 'View', `${n}`]);
    }
  });

  it('can be nested: a rule may plan a subquery with its context', async () => {
    const inner = session();
    const nest: Rule<LogicalPlan> = {
      name: 'nest',
      apply: async (plan, context) => (await planQuery(inner, plan, context)).logicalPlan,
    };
    await expect(planQuery(session({ analyzerRules: [nest] }), scan, testPlanningContext())).resolves.toMatchObject({
      logicalPlan: scan,
    });
  });
});

describe('planStatement', () => {
  it('creates and optimizes the physical plan of an engine without logical plans', async () => {
    const { interceptor, lines } = diary();
    const shout = {
      createPhysicalPlan: (statement: string) => new ValuesExec([[]], statement),
      describe: (statement: string) => [{ key: 'sql', text: statement, kind: 'sql' }] as const,
      physicalOptimizerRules: [
        { name: 'wrap', apply: (plan: ExecutionPlan) => new UnionExec([plan]) },
        keepsPhysicalPlan,
      ],
      interceptors: [interceptor],
    };
    const plan = await planStatement(shout, 'Scan', testPlanningContext());
    expect(plan.children.map(({ name }) => name)).toEqual(['Scan']);
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "create_physical_plan: Statement → Scan []
      optimize_physical_plan: Scan → UnionExec [wrap]
        wrap: Scan → UnionExec
        keep: UnionExec = UnionExec"
    `);
  });

  it('refuses anything but a physical plan', async () => {
    const wrong = { createPhysicalPlan: () => undefined as unknown as ExecutionPlan };
    await expect(planStatement(wrong, 'Scan', testPlanningContext())).rejects.toThrow(
      'the query planner returned undefined; should be a plan',
    );
  });
});

const keepsPhysicalPlan: Rule<ExecutionPlan> = { name: 'keep', apply: (plan) => plan };

import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { type LogicalPlan, planQuery, SpanBudget } from '@planscope/plan';
import { logicalNode, testPlanningContext, UnionExec, ValuesExec } from '@planscope/plan/testing';
import type { SqlDialect } from '@planscope/redaction';
import { createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { attributeOf, fail, keep, query, rewrite, secret, session, traced } from '../test/planning-fixture.ts';
import { instrumentSession } from './planning-interceptor.ts';

const DIFF = 'datafusion.plan_diff';
const filter = `Filter: name = '${secret}'`;

describe('plan diffs', () => {
  const state = session({
    analyzerRules: [rewrite('widen', 'Sort: delay', 'Sort: delay, id'), keep('idle'), rewrite('drop', filter, 'Empty')],
  });

  it('show the changes of each rule, and of the whole phase', async () => {
    const query = await traced(state, { mode: 'disabled', analyzer: 'full' });
    expect(attributeOf(query, 'widen (modified)', DIFF)).toMatchInlineSnapshot(`
      "@@ -1,3 +1,3 @@
      -Sort: delay
      +Sort: delay, id
         Filter: name = ?1
           Scan: flights"
    `);
    expect(attributeOf(query, 'drop (modified)', DIFF)).toMatchInlineSnapshot(`
      "@@ -1,3 +1,3 @@
       Sort: delay, id
      -  Filter: name = ?1
      +  Empty
           Scan: flights"
    `);
    expect(attributeOf(query, 'analyze_logical_plan', DIFF)).toMatchInlineSnapshot(`
      "@@ -1,3 +1,3 @@
      -Sort: delay
      -  Filter: name = ?1
      +Sort: delay, id
      +  Empty
           Scan: flights"
    `);
    expect(attributeOf(query, 'analyze_logical_plan', 'planscope.plan_diff.basis')).toBe('observed');
  });

  it('are absent if nothing changed', async () => {
    const query = await traced(state, { mode: 'disabled', analyzer: 'full' });
    expect(attributeOf(query, 'idle', DIFF)).toBeUndefined();
    expect(attributeOf(query, 'idle', 'planscope.plan_diff.basis')).toBeUndefined();
  });

  it('are absent if they are disabled; the name still shows what changed', async () => {
    const { recorder, tree } = await traced(state, { planDiff: false });
    expect(recorder.spans().filter((span) => DIFF in span.attributes)).toEqual([]);
    expect(tree).toContain('drop (modified)');
  });

  it('are absent from the phase if its rules undo each other', async () => {
    const analyzerRules = [rewrite('there', 'Scan: flights', 'Scan: x'), rewrite('back', 'Scan: x', 'Scan: flights')];
    const query = await traced(session({ analyzerRules }), { mode: 'disabled', analyzer: 'full' });
    expect(attributeOf(query, 'analyze_logical_plan', DIFF)).toBeUndefined();
    expect(attributeOf(query, 'analyze_logical_plan', 'datafusion.effective_rules')).toEqual(['there', 'back']);
    expect(attributeOf(query, 'back (modified)', DIFF)).toBeDefined();
  });

  it('show a node that became shared', async () => {
    const [one, two] = [logicalNode('Scan', 'flights'), logicalNode('Scan', 'flights')];
    const share = { name: 'share', apply: () => logicalNode('Join', '', [one, one]) };
    const query = await traced(session({ analyzerRules: [share] }), { plan: logicalNode('Join', '', [one, two]) });
    expect(attributeOf(query, 'share (modified)', DIFF)).toMatchInlineSnapshot(`
      "@@ -1,3 +1,3 @@
       Join
      -  Scan: flights
      -  Scan: flights
      +  Scan: flights [shared_1]
      +  Scan [see shared_1]"
    `);
  });
});

describe('literals', () => {
  it('have the same numbers before and after, so that a change is visible', async () => {
    const analyzerRules = [rewrite('swap', filter, "Filter: name = 'Grace' OR name = 'Ada Lovelace'")];
    const query = await traced(session({ analyzerRules }), { mode: 'disabled', analyzer: 'full' });
    expect(attributeOf(query, 'swap (modified)', DIFF)).toMatchInlineSnapshot(`
      "@@ -1,3 +1,3 @@
       Sort: delay
      -  Filter: name = ?1
      +  Filter: name = ?2 OR name = ?1
           Scan: flights"
    `);
  });

  it('are kept only with the option', async () => {
    const raw = await traced(session(), { redaction: { planLiterals: 'keep' } });
    expect(attributeOf(raw, 'create_physical_plan', 'datafusion.logical_plan')).toContain(secret);
    const redacted = await traced(session());
    expect(attributeOf(redacted, 'create_physical_plan', 'datafusion.logical_plan')).toMatchInlineSnapshot(`
      "Sort: delay
        Filter: name = ?1
          Scan: flights"
    `);
  });

  it('are also redacted in error messages', async () => {
    const state = session({ analyzerRules: [fail('broken', new TypeError(`no ${secret}`))] });
    const text = async (errorMessages: 'redact' | 'keep'): Promise<string> => {
      const { recorder } = await traced(state, { redaction: { errorMessages } });
      const [span] = recorder.spans();
      return JSON.stringify([span?.status, span?.events]);
    };
    expect(await text('redact')).not.toContain(secret);
    expect(await text('keep')).toContain(`no ${secret}`);
  });

  it('are redacted except in messages that the dialect knows, and except for its words in plans', async () => {
    const dialect: SqlDialect = { functions: ['tally'], errors: { templates: ['no bead of {value}'] } };
    const state = session({
      analyzerRules: [
        rewrite('count', 'Sort: delay', 'Sort: delay = tally(id)'),
        fail('broken', new TypeError(`no bead of ${secret}`)),
      ],
    });
    const known = await traced(state, { dialect });
    expect(attributeOf(known, 'count (modified)', DIFF)).toContain('+Sort: delay = tally(id)');
    const messages = ({ recorder }: typeof known) => recorder.spans().map(({ status }) => status.message);
    expect(messages(known)).toContain('no bead of ?1');
    const unknown = await traced(state);
    expect(attributeOf(unknown, 'count (modified)', DIFF)).toContain('+Sort: delay = ?');
    expect(messages(unknown)).toContain('TypeError');
  });
});

describe('create_physical_plan', () => {
  it('has both plans in every mode except disabled, with and without diffs', async () => {
    const queryPlanner = { createPhysicalPlan: () => new UnionExec([new ValuesExec([[]], 'Scan')], 'Sort') };
    for (const options of [{}, { mode: 'phase-only', planDiff: false }] as const) {
      const query = await traced(session({ queryPlanner }), options);
      expect(attributeOf(query, 'create_physical_plan', 'datafusion.logical_plan')).toContain('Sort: delay\n  Filter');
      expect(attributeOf(query, 'create_physical_plan', 'datafusion.physical_plan')).toMatch(
        /^Sort\n {2}Scan: batches=\d$/,
      );
    }
  });
});

describe('the size of texts', () => {
  const wide = (name: string): LogicalPlan =>
    logicalNode(
      'Union',
      '',
      Array.from({ length: 200 }, (_, index) => logicalNode('Scan', `${name}_${index}`)),
    );
  const state = session({ analyzerRules: [{ name: 'replace', apply: () => wide('after_ä') }] });

  it('is limited in bytes, with a mark that shows the original size', async () => {
    const query = await traced(state, { plan: wide('before'), maxTextBytes: 200 });
    const texts = [
      attributeOf(query, 'replace (modified)', DIFF),
      attributeOf(query, 'analyze_logical_plan', DIFF),
      attributeOf(query, 'create_physical_plan', 'datafusion.logical_plan'),
    ];
    for (const text of texts) {
      expect(Buffer.byteLength(String(text))).toBeLessThanOrEqual(200);
      expect(text).toMatch(/… \[truncated, \d+ bytes\]$/);
    }
  });

  it('has a limit by default, and none with 0', async () => {
    const plan = logicalNode(
      'Union',
      '',
      Array.from({ length: 2000 }, () => logicalNode('Scan', 'flights')),
    );
    const length = async (options: { maxTextBytes?: number }): Promise<number> => {
      const query = await traced(session(), { plan, ...options });
      return Buffer.byteLength(String(attributeOf(query, 'create_physical_plan', 'datafusion.logical_plan')));
    };
    expect(await length({})).toBe(16_384);
    expect(await length({ maxTextBytes: 0 })).toBe('Union'.length + 2000 * '\n  Scan: flights'.length);
  });
});

describe('plans are formatted', () => {
  const counted = (): { plan: LogicalPlan; calls: () => number } => {
    let calls = 0;
    const plan: LogicalPlan = {
      ...logicalNode('Scan'),
      describe: () => {
        calls += 1;
        return [{ key: 'detail', text: 'flights', kind: 'plan' }];
      },
    };
    return { plan, calls: () => calls };
  };
  const analyzerRules = [{ name: 'limit', apply: (plan: LogicalPlan) => logicalNode('Limit', '5', [plan]) }];

  it('only if the span is recording', async () => {
    const calls = async (decision: SamplingDecision): Promise<number> => {
      const { plan, calls } = counted();
      const recorder = createSpanRecorder({ sampler: { shouldSample: () => ({ decision }), toString: () => 'test' } });
      const state = instrumentSession(session({ analyzerRules }), { tracerProvider: recorder.tracerProvider });
      await planQuery(state, plan, testPlanningContext());
      return calls();
    };
    expect(await calls(SamplingDecision.NOT_RECORD)).toBe(0);
    expect(await calls(SamplingDecision.RECORD_AND_SAMPLED)).toBeGreaterThan(0);
  });

  it('and a plan that cannot be described raises one warning, and the span has no text', async () => {
    const broken: LogicalPlan = {
      ...logicalNode('Scan'),
      describe: () => {
        throw new TypeError(secret);
      },
    };
    const recorder = createSpanRecorder();
    const state = instrumentSession(session({ analyzerRules }), { tracerProvider: recorder.tracerProvider });
    const context = testPlanningContext();
    await planQuery(state, broken, context);
    expect(context.warnings).toEqual([
      {
        code: 'planning-trace-failed',
        message: 'tracing of planning failed with TypeError; spans of this run may be missing or lack plans',
      },
    ]);
    expect(recorder.openSpans()).toBe(0);
    expect(renderSpanTree(recorder.spans())).toContain('limit (modified)');
  });
});

describe('the span budget', () => {
  it('limits the spans, but not the rules that run', async () => {
    const budget = new SpanBudget(3);
    const { tree, result } = await traced(session({ analyzerRules: [keep('a'), keep('b'), keep('c')] }), {
      context: { budget },
    });
    expect(tree).toBe('analyze_logical_plan\n  a\n  b');
    expect(result.status).toBe('fulfilled');
    expect(budget.dropped).toBe(7);
  });

  it('parents the content of a missing span under the span above', async () => {
    const limits = [false, true];
    const budget = Object.assign(new SpanBudget(), { take: () => limits.shift() ?? false });
    const { tree } = await traced(session({ analyzerRules: [keep('inside')] }), { context: { budget }, plan: query });
    expect(tree).toBe('inside');
  });
});

describe('a tracer that fails', () => {
  it('raises one warning, and planning continues', async () => {
    const tracerProvider = {
      getTracer: () => ({
        startSpan: () => {
          throw new RangeError('no span');
        },
        startActiveSpan: () => undefined as never,
      }),
    };
    const context = testPlanningContext();
    const state = instrumentSession(session(), { tracerProvider });
    await expect(planQuery(state, query, context)).resolves.toHaveProperty('plan');
    expect(context.warnings.map((warning) => warning.code)).toEqual(['planning-trace-failed']);
  });
});

import { expect, it } from 'vitest';
import { PlanError } from '../plan-error.ts';
import { logicalNode, testPlanningContext, ValuesExec } from '../testing/index.ts';
import { planQuery } from './plan-query.ts';
import { type SessionState, validateSessionState } from './session-state.ts';

const rule = (name: string, more: object = {}): { name: string; apply: (plan: never) => never } => ({
  name,
  apply: (plan) => plan,
  ...more,
});

function session(parts: object): SessionState {
  return {
    analyzerRules: [],
    optimizerRules: [],
    physicalOptimizerRules: [],
    queryPlanner: { createPhysicalPlan: () => new ValuesExec([[]]) },
    ...parts,
  };
}

it.each([
  [{ analyzerRules: undefined }, 'analyzerRules is undefined; should be an array of rules'],
  [{ optimizerRules: [null] }, 'optimizerRules[0].name is undefined; should be a name'],
  [{ optimizerRules: [rule('')] }, 'optimizerRules[0].name is ""; should be a name'],
  [{ optimizerRules: [{ name: 'a' }] }, 'optimizerRules[0].apply is undefined; should be a function from plan to plan'],
  [
    { optimizerRules: [rule('a'), rule('b'), rule('a')] },
    'optimizerRules[2].name is "a"; should be another name, as optimizerRules[0] has this one',
  ],
  [{ queryPlanner: {} }, 'queryPlanner is object; should be an object with a createPhysicalPlan function'],
  [{ queryPlanner: undefined }, 'queryPlanner is undefined; should be an object with'],
  [{ maxPasses: 0 }, 'maxPasses is 0; should be a whole number from 1 up'],
  [{ maxPasses: 1.5 }, 'maxPasses is 1.5; should be a whole number from 1 up'],
  [{ maxPasses: Number.NaN }, 'maxPasses is NaN; should be a whole number from 1 up'],
  [{ interceptors: 'none' }, 'interceptors is "none"; should be an array of functions'],
  [{ interceptors: [() => {}, {}] }, 'interceptors[1] is object; should be a function'],
])('refuses %j', (parts, message) => {
  const validate = (): void => validateSessionState(session(parts));
  expect(validate).toThrow(`[planscope/plan] session state: ${message}`);
  expect(validate).toThrow(expect.objectContaining({ code: 'invalid-session' }));
});

it('accepts the same name in different phases', () => {
  const same = [rule('prune')];
  validateSessionState(session({ analyzerRules: same, optimizerRules: same, physicalOptimizerRules: same }));
});

it('names the rules after one that must be the last, before anything runs', async () => {
  const ran: string[] = [];
  const physicalOptimizerRules = [rule('instrument', { mustBeLast: true }), rule('reorder'), rule('wrap')];
  const apply = (plan: unknown): unknown => {
    ran.push('look');
    return plan;
  };
  const analyzerRules = [{ name: 'look', apply }];
  const planning = planQuery(
    session({ physicalOptimizerRules, analyzerRules }),
    logicalNode('Scan'),
    testPlanningContext(),
  );
  const text =
    'physicalOptimizerRules[0] "instrument" must be the last rule, but "reorder", "wrap" come after it; move it to the end';
  await expect(planning).rejects.toThrow(text);
  await expect(planning).rejects.toSatisfy((error) => PlanError.isInstance(error) && error.code === 'rule-order');
  expect(ran).toEqual([]);
});

it('accepts one rule that must be the last, and refuses two', () => {
  const last = (name: string): object => rule(name, { mustBeLast: true });
  validateSessionState(session({ physicalOptimizerRules: [rule('a'), last('b')] }));
  const two = session({ physicalOptimizerRules: [last('a'), last('b')] });
  expect(() => validateSessionState(two)).toThrow('[0] "a" must be the last rule, but "b" comes after it');
});

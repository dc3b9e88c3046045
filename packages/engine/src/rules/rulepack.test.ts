import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulepackFingerprint } from '../identity/identities.ts';
import { RULEPACK_PROFILES, type RulepackSpec } from '../spec/execution-spec.ts';
import { type RuleMeans, type RuleSet, runRules } from './rulepack.ts';

/** Selecting rules does not use any of these. */
const means: RuleMeans = {
  inputs: {} as RuleMeans['inputs'],
  queries: {} as RuleMeans['queries'],
  resolveSchemas: { name: 'resolve_schemas', apply: (plan) => plan },
};

function namesOf(rules: RuleSet): Record<'analyzer' | 'optimizer' | 'physical', string[]> {
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  return { analyzer: names(rules.analyzer), optimizer: names(rules.optimizer), physical: names(rules.physical) };
}

function chosen(rulepack: RulepackSpec, extra = {}): string[] {
  return Object.values(namesOf(runRules(rulepack, extra, means))).flat();
}

const optional = ['refuse_unused', 'prune_unused', 'share_common_inputs'];

describe('a rulepack', () => {
  it('has the rules of its profile', () => {
    expect(
      Object.fromEntries(RULEPACK_PROFILES.map((profile) => [profile, chosen({ profile })])),
    ).toMatchInlineSnapshot(`
      {
        "default": [
          "resolve_names",
          "resolve_inputs",
          "resolve_schemas",
          "prune_unused",
          "share_common_inputs",
        ],
        "low-latency": [
          "resolve_names",
          "resolve_inputs",
          "resolve_schemas",
          "prune_unused",
        ],
        "strict": [
          "resolve_names",
          "refuse_unused",
          "resolve_inputs",
          "resolve_schemas",
          "share_common_inputs",
        ],
      }
    `);
  });

  it('adds rules, then excludes rules, and keeps the order of the engine', () => {
    const add = ['share_common_inputs', 'refuse_unused'];
    expect(chosen({ profile: 'low-latency', add })).toEqual([
      'resolve_names',
      'refuse_unused',
      'resolve_inputs',
      'resolve_schemas',
      'prune_unused',
      'share_common_inputs',
    ]);
    expect(chosen({ profile: 'low-latency', add, exclude: ['refuse_unused', 'prune_unused'] }).slice(3)).toEqual([
      'share_common_inputs',
    ]);
  });

  it.each(['resolve_names', 'unknown', 'tenant_filter'])('cannot select %s', (name) => {
    const extra = { optimizer: [{ name: 'tenant_filter', apply: (plan: never) => plan }] };
    for (const field of ['add', 'exclude'] as const) {
      expect(() => chosen({ [field]: [name] }, extra)).toThrow(
        `rulepack.${field}[0]: there is no optional rule "${name}"; use one of prune_unused, refuse_unused, share_common_inputs`,
      );
    }
  });

  it('has a fingerprint that changes exactly when the rules in effect change', () => {
    const names = fc.subarray(optional);
    const rulepack: fc.Arbitrary<RulepackSpec> = fc.record({
      profile: fc.constantFrom(...RULEPACK_PROFILES),
      add: names,
      exclude: names,
    });
    const extra = fc
      .subarray(['a', 'b'])
      .map((list) => ({ optimizer: list.map((name) => ({ name, apply: (plan: never) => plan })) }));
    const choice = fc.tuple(rulepack, extra);
    fc.assert(
      fc.property(choice, choice, ([one, oneExtra], [other, otherExtra]) => {
        const rules = [runRules(one, oneExtra, means), runRules(other, otherExtra, means)].map(namesOf);
        const [first, second] = rules.map(rulepackFingerprint);
        expect(first === second).toBe(JSON.stringify(rules[0]) === JSON.stringify(rules[1]));
      }),
      {
        numRuns: 500,
        examples: [
          [
            [{ profile: 'default', exclude: ['refuse_unused'] }, { optimizer: [] }],
            [{ profile: 'low-latency', add: optional.slice(2), exclude: ['refuse_unused'] }, { optimizer: [] }],
          ],
        ],
      },
    );
  });
});

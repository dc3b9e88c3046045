import type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule } from '@planscope/plan';
import type { BackendRun } from '../backend/engine-backend.ts';
import type { ExtraRules } from '../run/engine-options.ts';
import type { RulepackProfile, RulepackSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { resolveNames } from './resolve-names.ts';
import { shareCommonInputs } from './share-common-inputs.ts';
import { pruneUnused, refuseUnused } from './unused.ts';

/** The rules of each phase, in execution order. */
export interface RuleSet {
  readonly analyzer: readonly AnalyzerRule[];
  readonly optimizer: readonly OptimizerRule[];
  readonly physical: readonly PhysicalOptimizerRule[];
}

/** The rules of each profile. They run in the order of the whole rule set. */
const rulesByProfile: Readonly<Record<RulepackProfile, readonly string[]>> = {
  default: ['prune_unused', 'share_common_inputs'],
  strict: ['refuse_unused', 'share_common_inputs'],
  'low-latency': ['prune_unused'],
};

/** Rules of every profile, because a plan cannot be executed without them. */
const required: readonly string[] = ['resolve_names', 'resolve_inputs', 'resolve_schemas'];

/**
 * The rules that a rulepack selects.
 *
 * @param all all built-in rules
 * @throws SpecError `unknown-rule` if a rule to add or exclude does not exist or is required
 */
function selectRules(all: RuleSet, rulepack: RulepackSpec = {}): RuleSet {
  const { profile = 'default', add = [], exclude = [] } = rulepack;
  const optional = [...all.analyzer, ...all.optimizer, ...all.physical]
    .map(({ name }) => name)
    .filter((name) => !required.includes(name));
  refuseUnknown('rulepack.add', add, optional);
  refuseUnknown('rulepack.exclude', exclude, optional);
  const wanted = new Set([...required, ...rulesByProfile[profile], ...add]);
  for (const name of exclude) wanted.delete(name);
  const selected = <R extends { readonly name: string }>(rules: readonly R[]): R[] =>
    rules.filter(({ name }) => wanted.has(name));
  return {
    analyzer: selected(all.analyzer),
    optimizer: selected(all.optimizer),
    physical: selected(all.physical),
  };
}

function refuseUnknown(field: string, names: readonly string[], known: readonly string[]): void {
  names.forEach((name, index) => {
    if (known.includes(name)) return;
    const message = `there is no optional rule "${name}"; use one of ${known.toSorted().join(', ')}`;
    throw new SpecError('unknown-rule', `${field}[${index}]`, message);
  });
}

/** What the rules of a run need of its engine. */
export type RuleMeans = Pick<BackendRun, 'inputs' | 'queries' | 'resolveSchemas'>;

/**
 * The rules of one run in execution order: the built-in rules that the rulepack selects, then the rules of the program.
 *
 * @throws SpecError `unknown-rule`
 */
export function runRules(rulepack: RulepackSpec | undefined, extra: ExtraRules, means: RuleMeans): RuleSet {
  const { inputs, queries, resolveSchemas } = means;
  const own: RuleSet = {
    analyzer: [resolveNames(queries.references), refuseUnused, resolveInputs(inputs), resolveSchemas],
    optimizer: [pruneUnused, shareCommonInputs],
    physical: [],
  };
  const selected = selectRules(own, rulepack);
  return {
    analyzer: [...selected.analyzer, ...(extra.analyzer ?? [])],
    optimizer: [...selected.optimizer, ...(extra.optimizer ?? [])],
    physical: [...selected.physical, ...(extra.physical ?? [])],
  };
}

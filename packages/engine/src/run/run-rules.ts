import { pruneUnused } from '../rules/prune-unused.ts';
import { refuseUnused } from '../rules/refuse-unused.ts';
import { resolveInputs } from '../rules/resolve-inputs.ts';
import { type ReferenceReader, resolveNames } from '../rules/resolve-names.ts';
import { resolveSchemas, type SchemaMeans } from '../rules/resolve-schemas.ts';
import { type RuleSet, selectRules } from '../rules/rulepack.ts';
import { shareCommonInputs } from '../rules/share-common-inputs.ts';
import type { RulepackSpec } from '../spec/execution-spec.ts';
import type { ExtraRules } from './engine-options.ts';

/** What the rules of a run work with. */
export interface RuleMeans extends SchemaMeans {
  readonly readReferences: ReferenceReader;
}

/**
 * The rules of one run in the order they run: the engine's that the rulepack leaves in effect, then the program's own.
 *
 * @throws SpecError `unknown-rule`
 */
export function runRules(rulepack: RulepackSpec | undefined, extra: ExtraRules, means: RuleMeans): RuleSet {
  const { inputs, readReferences } = means;
  const own: RuleSet = {
    analyzer: [resolveNames(readReferences), refuseUnused, resolveInputs(inputs), resolveSchemas(means)],
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

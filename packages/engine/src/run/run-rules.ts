import { inlineSingleUseViews } from '../rules/inline-single-use-views.ts';
import { pruneUnused } from '../rules/prune-unused.ts';
import { pruneUnusedColumns } from '../rules/prune-unused-columns.ts';
import { pushLimits } from '../rules/push-limits.ts';
import { refuseUnused } from '../rules/refuse-unused.ts';
import { resolveInputs } from '../rules/resolve-inputs.ts';
import { type ReferenceReader, resolveNames } from '../rules/resolve-names.ts';
import { resolveSchemas, type SchemaMeans } from '../rules/resolve-schemas.ts';
import { type RuleSet, selectRules } from '../rules/rulepack.ts';
import { shareCommonInputs } from '../rules/share-common-inputs.ts';
import type { RulepackSpec } from '../spec/execution-spec.ts';
import type { SyntaxReader } from '../sql/syntax-reader.ts';
import type { ExtraRules } from './engine-options.ts';

/** What the rules of a run work with. */
export interface RuleMeans extends SchemaMeans {
  readonly readReferences: ReferenceReader;
  readonly readSyntax: SyntaxReader;
  /** Whether the engine keeps rows in the order of their input. */
  readonly keepsOrder: boolean;
}

/**
 * The rules of one run in the order they run: the engine's that the rulepack leaves in effect, then the program's own.
 *
 * @throws SpecError `unknown-rule`
 */
export function runRules(rulepack: RulepackSpec | undefined, extra: ExtraRules, means: RuleMeans): RuleSet {
  const { inputs, readReferences, readSyntax, keepsOrder } = means;
  const own: RuleSet = {
    analyzer: [resolveNames(readReferences), refuseUnused, resolveInputs(inputs), resolveSchemas(means)],
    optimizer: [
      pruneUnused,
      shareCommonInputs,
      pushLimits(readSyntax, keepsOrder),
      pruneUnusedColumns(readSyntax),
      inlineSingleUseViews(readSyntax),
    ],
    physical: [],
  };
  const selected = selectRules(own, rulepack);
  return {
    analyzer: [...selected.analyzer, ...(extra.analyzer ?? [])],
    optimizer: [...selected.optimizer, ...(extra.optimizer ?? [])],
    physical: [...selected.physical, ...(extra.physical ?? [])],
  };
}

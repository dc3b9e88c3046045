import type { DuckDBSession } from '@planscope/duckdb';
import type { InputSource } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { inlineSingleUseViews } from '../rules/inline-single-use-views.ts';
import { pruneUnused } from '../rules/prune-unused.ts';
import { pruneUnusedColumns } from '../rules/prune-unused-columns.ts';
import { pushLimits } from '../rules/push-limits.ts';
import { refuseUnused } from '../rules/refuse-unused.ts';
import { resolveInputs } from '../rules/resolve-inputs.ts';
import { resolveNames } from '../rules/resolve-names.ts';
import { resolveSchemas } from '../rules/resolve-schemas.ts';
import { type RuleSet, selectRules } from '../rules/rulepack.ts';
import { shareCommonInputs } from '../rules/share-common-inputs.ts';
import type { RulepackSpec } from '../spec/execution-spec.ts';
import type { SyntaxReader } from '../sql/syntax-reader.ts';
import type { ExtraRules } from './engine-options.ts';
import type { RunStores } from './run-stores.ts';

/** What the rules of a run work with. */
export interface RuleMeans {
  readonly session: DuckDBSession;
  readonly stores: RunStores;
  readonly staging: Staging;
  readonly readSyntax: SyntaxReader;
  readonly noteInput: (relation: RelationNode, source: InputSource) => void;
  /** Told of bytes that come from stores while the run is planned. */
  readonly noteBytes: (bytes: number) => void;
}

/**
 * The rules of one run in the order they run: the engine's that the rulepack leaves in effect, then the program's own.
 *
 * @throws SpecError `unknown-rule`
 */
export function runRules(rulepack: RulepackSpec | undefined, extra: ExtraRules, means: RuleMeans): RuleSet {
  const { session, stores, staging, readSyntax, noteInput, noteBytes } = means;
  const references = async (sql: string): Promise<readonly string[]> =>
    (await session.tableReferences(sql)).map(({ name }) => name);
  const keepsOrder = async (): Promise<boolean> => (await session.settings()).preserve_insertion_order === 'true';
  const own: RuleSet = {
    analyzer: [
      resolveNames(references),
      refuseUnused,
      resolveInputs(stores, noteInput),
      resolveSchemas(session, staging, noteBytes),
    ],
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

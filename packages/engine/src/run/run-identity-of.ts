import { randomUUID } from 'node:crypto';
import type { RunIdentity } from '@planscope/plan';
import type { PreparedRun, RefusedRun } from './prepare-run.ts';

/** A new run, by what is known of it before it starts. */
export function runIdentityOf(prepared: PreparedRun | RefusedRun): RunIdentity {
  const { ruleMode, customSpanFields } = prepared.config;
  const runId = randomUUID();
  if ('failure' in prepared) return { runId, ruleMode, customFields: customSpanFields };
  const { spec, specHash, rulepackFingerprint } = prepared;
  return {
    runId,
    specHash,
    rulepackFingerprint,
    profile: spec.rulepack?.profile ?? 'default',
    ruleMode,
    customFields: { ...customSpanFields, ...spec.runtime?.tags },
  };
}

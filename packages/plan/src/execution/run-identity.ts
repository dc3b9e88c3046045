import type { AttributeValue } from '@opentelemetry/api';

/** What identifies a run on every operator span. One object a run: it also keys what belongs to the run. */
export interface RunIdentity {
  readonly runId: string;
  readonly specHash?: string;
  readonly rulepackFingerprint?: string;
  readonly profile?: string;
  readonly ruleMode?: 'disabled' | 'phase-only' | 'full';
  /** A program's own fields, put on every operator span under their own keys. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

import type { z } from 'zod';
import type { tracingConfigSchema } from './schema/tracing-config-schema.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

type Complete = DeepReadonly<z.output<typeof tracingConfigSchema>>;

/** How much of planning is traced. */
export type RuleMode = Complete['ruleMode'];

/** A named starting point for a configuration. */
export type PresetName = Complete['preset'];

/** The complete configuration that a run works with; every field is documented in `schema.json`. */
export interface TracingConfig extends Omit<Complete, 'rulePhases'> {
  /** The mode of each planning phase, after `ruleMode` has filled in what was not set. */
  readonly rulePhases: { readonly analyzer: RuleMode; readonly logical: RuleMode; readonly physical: RuleMode };
}

/** Any part of a configuration; unknown fields are refused. */
export type TracingConfigInput = DeepReadonly<z.input<typeof tracingConfigSchema>>;

import { conventionAttributes } from './attributes/conventions.ts';
import { datafusionAttributes } from './attributes/datafusion.ts';
import { objectStoreAttributes } from './attributes/object-store.ts';
import { planscopeAttributes } from './attributes/planscope.ts';
import { stageAttributes } from './attributes/stages.ts';
import { traceAttributes } from './attributes/trace.ts';
import type { SemanticSchema } from './definition.ts';
import { sharedMetrics } from './metrics.ts';
import { operatorMetrics } from './operator-metrics.ts';
import { sharedSpans } from './spans.ts';
import { sharedWarnings } from './warnings.ts';

/** The names that every engine shares. */
export const sharedSchema: SemanticSchema = {
  scope: 'planscope',
  spans: sharedSpans,
  attributes: [
    ...planscopeAttributes,
    ...stageAttributes,
    ...traceAttributes,
    ...datafusionAttributes,
    ...objectStoreAttributes,
    ...conventionAttributes,
  ],
  operatorMetrics,
  metrics: sharedMetrics,
  warnings: sharedWarnings,
};

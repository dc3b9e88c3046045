import { schemaViolations, type SemanticSchema, sharedSchema } from '@planscope/semconv';

export const ATTR_ABACUS_FILES = 'abacus.files';

export const abacusSchema: SemanticSchema = {
  scope: 'abacus',
  spans: [],
  attributes: [
    { key: ATTR_ABACUS_FILES, type: 'string', meaning: 'File that was added up.', spans: ['operator'], setBy: ['abacus'] },
  ],
  operatorMetrics: [],
  metrics: [],
};

const span = {
  name: 'SCAN',
  attributes: {
    'planscope.span.kind': 'operator',
    'planscope.timing.basis': 'execution_window',
    'planscope.operator.name': 'SCAN',
    [ATTR_ABACUS_FILES]: 12,
  },
};
console.log(schemaViolations(span, [sharedSchema, abacusSchema]));
export {};

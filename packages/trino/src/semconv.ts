import type { SemanticSchema } from '@planscope/semconv';

/** The name of the engine in reports and in `db.system.name`. */
export const ENGINE_NAME = 'trino';

export const ATTR_TRINO_VERSION = 'trino.version';
export const ATTR_TRINO_QUERY_ID = 'trino.query.id';

/** The attributes, metrics and warnings that only Trino's spans have. */
export const trinoSchema: SemanticSchema = {
  scope: 'trino',
  spans: [],
  attributes: [
    {
      key: ATTR_TRINO_VERSION,
      type: 'string',
      text: 'code',
      meaning: 'Version of the coordinator.',
      spans: ['operator', 'query'],
      setBy: ['trino'],
    },
    {
      key: ATTR_TRINO_QUERY_ID,
      type: 'string',
      text: 'code',
      meaning: 'Id of the query in the cluster.',
      spans: ['operator', 'query'],
      setBy: ['trino'],
    },
  ],
  operatorMetrics: [],
  metrics: [],
};

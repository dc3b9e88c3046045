import type {
  OperatorMetricDefinition,
  SemanticSchema,
  SpanKindName,
  TextAttributeDefinition,
  ValueAttributeDefinition,
} from '@planscope/semconv';

/** The name of the engine in reports and in `db.system.name`. */
export const ENGINE_NAME = 'trino';

export const ATTR_TRINO_VERSION = 'trino.version';
export const ATTR_TRINO_QUERY_ID = 'trino.query.id';
export const ATTR_TRINO_OPERATORS = 'trino.operators';
export const ATTR_TRINO_CLOCK_OFFSET = 'trino.clock.offset';
export const ATTR_TRINO_CLOCK_UNCERTAINTY = 'trino.clock.uncertainty';

export const METRIC_SCHEDULED_TIME = 'scheduled_time';
export const METRIC_BLOCKED_TIME = 'blocked_time';
export const METRIC_INPUT_BLOCKED_TIME = 'input_blocked_time';
export const METRIC_QUEUED_TIME = 'queued_time';
export const METRIC_PHYSICAL_ROWS_READ = 'physical_rows_read';
export const METRIC_PHYSICAL_READ_TIME = 'physical_read_time';
export const METRIC_NETWORK_BYTES_RECEIVED = 'network_bytes_received';
export const METRIC_PEAK_DRIVER_MEMORY = 'peak_driver_memory';

function code(
  key: string,
  meaning: string,
  spans: readonly SpanKindName[],
  type: TextAttributeDefinition['type'] = 'string',
): TextAttributeDefinition {
  return { key, type, text: 'code', meaning, spans, setBy: ['trino'] };
}

function nanoseconds(key: string, meaning: string): ValueAttributeDefinition {
  return { key, type: 'int', unit: 'ns', meaning, spans: ['operator', 'query'], setBy: ['trino'] };
}

function time(name: string, meaning: string): OperatorMetricDefinition {
  return { name, type: 'time', unit: 'ns', meaning };
}

/** The attributes and metrics that only Trino's spans have. */
export const trinoSchema: SemanticSchema = {
  scope: 'trino',
  spans: [],
  attributes: [
    code(ATTR_TRINO_VERSION, 'Version of the coordinator.', ['operator', 'query']),
    code(ATTR_TRINO_QUERY_ID, 'Id of the query in the cluster.', ['operator', 'query']),
    nanoseconds(
      ATTR_TRINO_CLOCK_OFFSET,
      'How far the clock of the coordinator is ahead of that of the program, by estimate; negative if it is behind. Present if they differ for certain.',
    ),
    nanoseconds(
      ATTR_TRINO_CLOCK_UNCERTAINTY,
      'How far `trino.clock.offset` may be from the true offset, in either direction.',
    ),
    code(
      ATTR_TRINO_OPERATORS,
      "Trino's operators that did the work of the node, for example `HashBuilderOperator` and `LookupJoinOperator`.",
      ['operator'],
      'string[]',
    ),
  ],
  operatorMetrics: [
    time(METRIC_SCHEDULED_TIME, 'Time on a thread, summed over threads; the compute time and what interrupted it.'),
    time(
      METRIC_BLOCKED_TIME,
      'Time in which drivers waited for input, memory or room for output, summed over drivers.',
    ),
    time(METRIC_INPUT_BLOCKED_TIME, 'The part of `blocked_time` in which drivers waited for input.'),
    time(METRIC_QUEUED_TIME, 'Time from the creation of a task to the start of its first driver.'),
    {
      name: METRIC_PHYSICAL_ROWS_READ,
      type: 'count',
      unit: '{row}',
      meaning: 'Rows that the connector gave to a scan, before the filter of the scan.',
    },
    time(METRIC_PHYSICAL_READ_TIME, 'Time in which the connector read, summed over threads.'),
    {
      name: METRIC_NETWORK_BYTES_RECEIVED,
      type: 'count',
      unit: 'By',
      meaning: 'Bytes that came from tasks of other stages.',
    },
    {
      name: METRIC_PEAK_DRIVER_MEMORY,
      type: 'gauge',
      unit: 'By',
      meaning: 'Peak memory of the operator in the driver that needed most; there may have been many at once.',
    },
  ],
  metrics: [],
  warnings: [
    {
      code: 'trino-report-unknown',
      about: 'measurement',
      meaning: 'A part of the report of a query has a form that is not known: the whole, its stages, plans or tasks.',
      advice: 'Update `@planscope/trino`. Each part is named once in a process; all others are in the trace.',
      setBy: ['trino'],
    },
    {
      code: 'trino-report-missing',
      about: 'measurement',
      meaning: 'Trino gave no report of the query, so its span has only what the client saw.',
      advice: 'See the reason in the message; the user needs the right to see its queries (`GET /v1/query/{id}`).',
      setBy: ['trino'],
    },
    {
      code: 'trino-report-not-final',
      about: 'measurement',
      meaning: 'The numbers of the report could still change when the limit was reached; they are marked as partial.',
      advice: 'Raise `reportTimeout`.',
      setBy: ['trino'],
    },
    {
      code: 'trino-report-overdue',
      about: 'measurement',
      meaning: 'More than 1,000 queries waited for their reports, so this one has only what the client saw.',
      advice: 'Use a sampler, or `report: false` on a client of short queries.',
      setBy: ['trino'],
    },
    {
      code: 'trino-report-not-awaited',
      about: 'measurement',
      meaning: 'Tracing was shut down before the report was there, so the query has only what the client saw.',
      advice: 'Await `flush()` of the client before.',
      setBy: ['trino'],
    },
    {
      code: 'recording-failed',
      about: 'measurement',
      meaning: 'A query could not be traced in full.',
      advice: 'Report it; the query went on.',
      setBy: ['trino'],
    },
  ],
};

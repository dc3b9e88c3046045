import { z } from 'zod';
import { readDirectives } from '../filter/parse-filter.ts';

/**
 * A group of fields under one name.
 *
 * The return type omits the fields: the named type of the group has them, with comments. Otherwise the declarations of
 * this package would repeat every field without its comment.
 */
function group(fields: z.core.$ZodLooseShape): z.ZodPrefault<z.ZodObject> {
  return z.strictObject(fields).prefault({});
}

/** Which columns of a preview are hidden. */
export const previewRedactionFields = {
  /** none shows every column, deny-list hides the listed columns, allow-list hides all others. */
  mode: z.enum(['none', 'deny-list', 'allow-list']).default('deny-list'),
  /** Names of the columns that `mode` is about. If no list is set, `deny-list` hides columns with common names of secrets. */
  columns: z.array(z.string().min(1)).default([]),
  /** The text that replaces a hidden value. */
  token: z.string().min(1).default('[REDACTED]'),
};

/** Row previews: how many rows, how they are laid out, what is hidden. */
export const previewFields = {
  /** Most rows in the preview of one operator, over all of its partitions; 0 switches previews off. */
  limit: z.int().min(0).max(1000).default(0),
  /** Width of the table in characters; columns that do not fit are left out. 0 sets no limit. */
  maxWidth: z.int().min(0).default(96),
  /** Most lines one row may take before it is cut. 0 sets no limit. */
  maxRowHeight: z.int().min(0).default(4),
  /** Characters below which a column is not compacted any further. */
  minCompactedColumnWidth: z.int().min(1).default(10),
  /** Most bytes of one preview, in UTF-8; what is over is cut visibly. */
  maxBytes: z.int().min(64).default(8192),
  redaction: group(previewRedactionFields),
};

/** Longest delay a Node.js timer keeps; a longer one fires at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

const timer = z.int().min(1).max(MAX_TIMER_MILLIS);

/** Which of the queries that a sampler keeps are exported. */
export const slowQueryFields = {
  /**
   * Of the queries that the sampler keeps, exports only those that took longer than this, failed or raised a
   * warning. Not set: all of them. In milliseconds.
   */
  thresholdMillis: z.int().min(1).max(MAX_TIMER_MILLIS).exactOptional(),
  /**
   * Most spans in memory of queries that are not decided yet; a query that finds no room is given up as a whole.
   */
  maxHeldSpans: z.int().min(1).default(20_000),
};

/** Which spans are exported, and how they are queued and sent. */
export const exportPolicyFields = {
  /** Which traces are kept when they begin, by the OpenTelemetry names of the samplers. */
  sampler: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  /** Share of traces that a ratio sampler keeps, from 0 to 1; required with a ratio sampler, only used there. */
  samplerArgument: z.number().min(0).max(1).exactOptional(),
  /** Most finished spans waiting to be exported. */
  maxQueueSize: z.int().min(1).default(2048),
  /** Most spans in one export request; no more than maxQueueSize. */
  maxExportBatchSize: z.int().min(1).default(512),
  /** Longest wait before waiting spans are sent. In milliseconds. */
  scheduleDelayMillis: timer.default(5000),
  /** Longest time for one batch with all its retries; what the receiver asks to wait comes on top. In milliseconds. */
  exportTimeoutMillis: timer.default(30_000),
  slowQuery: group(slowQueryFields),
};

/** The file of OTLP JSON lines. */
export const fileFields = {
  /** File of OTLP JSON lines, one export request a line. */
  path: z.string().min(1).default('planscope-traces.jsonl'),
  /**
   * Size that the file does not grow beyond: it is then renamed to end in .1, an older one in .2, and so on. Not set:
   * it grows without end. A line is never split, so a larger one has its own file.
   */
  maxBytes: z.int().min(1).exactOptional(),
  /** Most files that rotation keeps, the current one included; only used with maxBytes. */
  maxFiles: z.int().min(1).max(1000).default(5),
};

/** The log lines, one JSON object for each span. */
export const logFields = {
  /** File of log lines. Not set: they go to standard output. */
  path: z.string().min(1).exactOptional(),
};

/** The log of queries, one row for each; a file is a table if there is a database. */
export const queryLogFields = {
  /** Folder of the Parquet files of the log of queries. */
  folder: z.string().min(1).default('planscope-queries'),
  /**
   * DuckDB file that has the log as the view queries, in place of Parquet files. The program itself must not open it.
   */
  database: z.string().min(1).exactOptional(),
  /** Longest time that a row waits in memory before it is written. In milliseconds. */
  flushMillis: timer.default(10_000),
  /** Most bytes of the rows that wait in memory; a row that finds no room is lost and counted. */
  maxBufferBytes: z.int().min(1).default(16_777_216),
  /** Rows at which a file is full. */
  maxFileRows: z.int().min(1).default(10_000),
  /** Bytes at which a file is full; not used with a database. */
  maxFileBytes: z.int().min(1).default(16_777_216),
  /** Age at which a file is full. In milliseconds. */
  maxFileMillis: z.int().min(1).default(3_600_000),
  /** Most files of the log; the oldest is removed. */
  maxFiles: z.int().min(1).default(500),
  /** Most bytes of all files of the log; the oldest is removed. */
  maxBytes: z.int().min(1).default(1_073_741_824),
};

const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, 'is not a valid header name');

/** Where spans go over the OpenTelemetry protocol. */
export const otlpFields = {
  /**
   * URL of the OTLP receiver. Over HTTP a URL without a path gets /v1/traces; with grpc the default is
   * http://127.0.0.1:4317.
   */
  endpoint: z
    .string()
    .regex(/^https?:\/\//i, 'does not start with http:// or https://')
    .refine((url) => URL.canParse(url), 'is not a valid URL')
    .meta({ examples: ['http://127.0.0.1:4318/v1/traces'] })
    .default('http://127.0.0.1:4318/v1/traces'),
  /** Encoding and transport. */
  protocol: z.enum(['grpc', 'http/protobuf', 'http/json']).default('http/protobuf'),
  /** Headers of every export request, by lower-case name. Their values are treated as secrets. */
  headers: z.record(headerName, z.string().regex(/^[ -~]*$/, 'holds a character that no header may carry')).default({}),
  /**
   * Longest time for one export request; exportPolicy.exportTimeoutMillis bounds all tries of a batch. In milliseconds.
   */
  timeoutMillis: timer.default(10_000),
  /** Compression of export requests. */
  compression: z.enum(['none', 'gzip']).default('none'),
  /** Path of the PEM file of the trusted authorities. */
  certificateFile: z.string().min(1).exactOptional(),
  /** Path of the PEM file of the client's certificate. */
  clientCertificateFile: z.string().min(1).exactOptional(),
  /** Path of the PEM file of the client's private key. */
  clientKeyFile: z.string().min(1).exactOptional(),
};

const ruleMode = z.enum(['disabled', 'phase-only', 'full']);

/** Names that a program's own span fields may have: no prefix that Planscope or OpenTelemetry uses, and no space. */
export const CUSTOM_FIELD_NAME: RegExp =
  /^(?!(?:planscope|trace|datafusion|duckdb|object_store|db|error|exception|otel)\.)\S+$/;

const fieldName = z.string().regex(CUSTOM_FIELD_NAME, 'is reserved for Planscope and OpenTelemetry, or holds a space');

const resourceKey = z.string().regex(/^(?!service\.name$)\S+$/, 'is what serviceName is for, or holds a space');

/** The mode of each planning phase. */
export const rulePhasesFields = {
  /** Overrides ruleMode for the analysis of the logical plan. */
  analyzer: ruleMode.exactOptional(),
  /** Overrides ruleMode for the optimization of the logical plan. */
  logical: ruleMode.exactOptional(),
  /** Overrides ruleMode for the making and optimization of the physical plan. */
  physical: ruleMode.exactOptional(),
};

/** Which queries are traced in full. */
export const detailFields = {
  /**
   * A DuckDB query that took less than this, ran to its end and spilled nothing keeps only numbers of the whole
   * query, without planner and operators. Not set: all are traced in full. In milliseconds.
   */
  slowerThan: z.number().min(0).exactOptional(),
};

/** How much one span may carry. */
export const spanLimitsFields = {
  /** Most attributes of one span. */
  attributeCount: z.int().min(1).default(256),
  /** Most events of one span. */
  eventCount: z.int().min(1).default(128),
  /** Most links of one span. */
  linkCount: z.int().min(1).default(128),
  /** Most attributes of one event. */
  attributePerEventCount: z.int().min(1).default(128),
  /** Most attributes of one link. */
  attributePerLinkCount: z.int().min(1).default(128),
};

const privacySwitch = z.enum(['redact', 'keep']).default('redact');

/** Which kinds of user data may reach a span; credentials in URLs never do. */
export const privacyFields = {
  /** Whether the literals in SQL texts are taken out or kept as they are. */
  sqlLiterals: privacySwitch,
  /** Whether the literals in displayed plans, plan diffs and node descriptions are taken out or kept as they are. */
  planLiterals: privacySwitch,
  /** Whether the texts of error messages whose template is not known are taken out or kept as they are. */
  errorMessages: privacySwitch,
};

/**
 * The one source of a field: its type, default, validation, environment variable and entry in the JSON Schema come from
 * here. The doc comment of a field is its description everywhere: in editors, in schema.json and in the README. The
 * output is the complete configuration, the input any part of it.
 */
export const tracingConfigFields = {
  /** Off means off: with false nothing is wrapped and no span is made. */
  enabled: z.boolean().default(true),
  /**
   * The preset that the configuration starts from. The default is the one that is safe in a service: no row of data, no
   * plan text, few spans.
   */
  preset: z.enum(['maximal', 'maximal-no-data', 'production-lean', 'off']).default('production-lean'),
  /**
   * Whether operator spans carry the metrics of their operator. Without them DuckDB is not asked for its profile, so
   * its own operators and planner have no spans either.
   */
  recordMetrics: z.boolean().default(true),
  /**
   * Where operators are placed if the engine reports only how long they computed: reported gives each the whole
   * execution, proportional draws it as wide as its share of the compute time, which is a picture of cost and marked
   * so.
   */
  operatorLayout: z.enum(['reported', 'proportional']).default('reported'),
  /** How much of planning is traced: nothing, one span a phase, or also one span a rule. */
  ruleMode: ruleMode.default('phase-only'),
  rulePhases: group(rulePhasesFields),
  /**
   * Whether plan diffs are recorded: on takes those that planning shows by itself, per-rule also asks the engine for
   * one per rule where that costs further planning. true is on, false is off.
   */
  planDiff: z
    .union([z.enum(['off', 'on', 'per-rule']), z.boolean()])
    .transform((value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value))
    .prefault('off'),
  preview: group(previewFields),
  privacy: group(privacyFields),
  detail: group(detailFields),
  /** Whether reads and writes of object stores get spans. */
  instrumentObjectStore: z.boolean().default(true),
  /** Most spans of one run; further ones are counted on the root span instead. The default fits the default queue. */
  spanBudget: z.int().min(1).default(2000),
  /** Most bytes of one text attribute, in UTF-8; what is over is cut visibly. */
  maxAttributeBytes: z.int().min(64).default(16_384),
  spanLimits: group(spanLimitsFields),
  /** Static fields that are on the root span and on every operator span. */
  customSpanFields: z.record(fieldName, z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Filter directives, comma-separated: a level, or target=level, as in info,FilterExec=debug,object_store=off. */
  filter: z
    .string()
    .superRefine((text, context) => {
      for (const fault of readDirectives(text).faults) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ examples: ['info,FilterExec=debug,object_store=off'] })
    .default('info'),
  /** Where finished spans go; several at once are fine, an empty list sends them nowhere. */
  exporters: z
    .array(z.enum(['otlp', 'file', 'log', 'console', 'query-log']))
    .refine((names) => new Set(names).size === names.length, 'names an exporter twice')
    .default(['otlp']),
  otlp: group(otlpFields),
  file: group(fileFields),
  log: group(logFields),
  queryLog: group(queryLogFields),
  /** The service.name of the resource. */
  serviceName: z.string().min(1).default('planscope'),
  /** Further attributes of the resource. The name of the service has its own field, serviceName. */
  resourceAttributes: z.record(resourceKey, z.string()).default({}),
  exportPolicy: group(exportPolicyFields),
};

/** Validates and completes a whole configuration; no other names are allowed in it. */
export const tracingConfigSchema = z.strictObject(tracingConfigFields);

import { z } from 'zod';
import { readDirectives } from '../filter/read-directives.ts';
import { exportPolicyFields, fileFields, logFields, otlpFields } from './export-schema.ts';
import { group } from './group.ts';
import { previewFields } from './preview-schema.ts';

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
   * Where operators stand of which the engine tells only how long they computed: reported gives each the whole
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
  /** Static fields that stand on the root span and on every operator span. */
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
    .array(z.enum(['otlp', 'file', 'log', 'console']))
    .refine((names) => new Set(names).size === names.length, 'names an exporter twice')
    .default(['otlp']),
  otlp: group(otlpFields),
  file: group(fileFields),
  log: group(logFields),
  /** The service.name of the resource. */
  serviceName: z.string().min(1).default('planscope'),
  /** Further attributes of the resource. The name of the service has its own field, serviceName. */
  resourceAttributes: z.record(resourceKey, z.string()).default({}),
  exportPolicy: group(exportPolicyFields),
};

/** Validates and completes a whole configuration; no other names are allowed in it. */
export const tracingConfigSchema = z.strictObject(tracingConfigFields);
